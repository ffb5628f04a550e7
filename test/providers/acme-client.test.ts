import assert from 'node:assert/strict';
import { createHmac, createPublicKey, verify } from 'node:crypto';
import { createServer } from 'node:http';
import { after, before, beforeEach, describe, test } from 'node:test';
import { drawKey } from '../../src/certificates/signing-key.ts';
import type { ErrorCode } from '../../src/contract/errors.ts';
import { Secret } from '../../src/contract/secret.ts';
import { acmeConnection, openAcme } from '../../src/providers/acme-client.ts';
import { acmeFailure } from '../../src/providers/acme-errors.ts';
import { call, refuses, stopped } from '../conformance/credentials/stage.ts';
import { listen } from '../fakes/listen.ts';
import { worldOf } from '../fakes/world.ts';

interface Posted {
  readonly header: Record<string, string>;
  readonly payload: string;
  readonly raw: { readonly protected: string; readonly payload: string; readonly signature: string };
}

type Reply = readonly [status: number, body: object, headers?: Record<string, string>];

const problem = (type: string): Reply => [400, { type: `urn:ietf:params:acme:error:${type}`, detail: 'FATAL' }];

let base = '';
let posted: Posted[] = [];
let nonces = 0;
/** What comes back to each post, by path. */
let reply: (path: string) => Reply = () => [200, {}];

const server = createServer((request, response) => {
  void request.toArray().then((chunks) => {
    const path = request.url ?? '';
    nonces += 1;
    if (path === '/directory') {
      const urls = ['newNonce', 'newAccount', 'newOrder', 'revokeCert'].map((name) => [name, `${base}/${name}`]);
      return response.end(JSON.stringify(Object.fromEntries(urls)));
    }
    if (path === '/newNonce') return response.setHeader('replay-nonce', `n${nonces}`).end();
    const raw = JSON.parse(Buffer.concat(chunks).toString());
    posted.push({ header: decoded(raw.protected), payload: Buffer.from(raw.payload, 'base64url').toString(), raw });
    const [status, body, headers = {}] = reply(path);
    return response.writeHead(status, { 'replay-nonce': `n${nonces}`, ...headers }).end(JSON.stringify(body));
  });
});

function decoded(text: string): Record<string, string> {
  return JSON.parse(Buffer.from(text, 'base64url').toString());
}

before(async () => {
  base = `http://127.0.0.1:${await listen(server)}`;
});
after(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  posted = [];
  reply = (path) => (path === '/newAccount' ? [201, {}, { location: `${base}/account/1` }] : [200, {}]);
});

const accountKey = await drawKey('ecdsa-p256');
const open = (more: object = {}) =>
  openAcme(acmeConnection.parse({ directory: `${base}/directory`, accountKey, ...more }), worldOf('acme'));
const order = { changes: true };

test('each request is signed by the account key, for its URL and with a nonce of its own', async () => {
  const acme = open({ contact: 'dana@example.com' });
  await acme.post(`${base}/newOrder`, { a: 1 }, order, call());
  await acme.post(`${base}/newOrder`, '', order, call());
  const [account, first, second] = posted;
  assert.deepEqual(JSON.parse(account?.payload ?? ''), {
    termsOfServiceAgreed: true,
    contact: ['mailto:dana@example.com'],
  });
  assert.deepEqual([first?.header['kid'], first?.header['url']], [`${base}/account/1`, `${base}/newOrder`]);
  assert.equal(second?.payload, '');
  assert.equal(new Set(posted.map(({ header }) => header['nonce'])).size, 3);
  const key = createPublicKey(accountKey.reveal());
  for (const { raw } of posted) {
    const signed = Buffer.from(`${raw.protected}.${raw.payload}`);
    const signature = Buffer.from(raw.signature, 'base64url');
    assert.ok(verify('sha256', signed, { key, dsaEncoding: 'ieee-p1363' }, signature));
  }
  assert.equal(JSON.stringify(posted).includes('"d"'), false);
});

test('a refused nonce is replaced by another one, some times', async () => {
  const acme = open();
  let refused = 0;
  reply = (path) =>
    path === '/newAccount' ? [200, {}, { location: base }] : (refused += 1) < 4 ? problem('badNonce') : [200, {}];
  assert.equal((await acme.post(`${base}/newOrder`, {}, order, call())).status, 200);
  refused = -100;
  assert.equal((await acme.post(`${base}/newOrder`, {}, order, call())).status, 400);
});

test('an account is bound to one that the authority knows, and asked for before it is made', async () => {
  const hmacKey = new Secret(Buffer.from('a key of the authority').toString('base64url'));
  const acme = open({ externalAccount: { keyId: 'kid-1', hmacKey } });
  reply = () => problem('accountDoesNotExist');
  assert.equal(await acme.hasAccount(call()), false);
  assert.deepEqual(JSON.parse(posted[0]?.payload ?? ''), { onlyReturnExisting: true });
  reply = () => [201, {}, { location: `${base}/account/1` }];
  assert.equal((await acme.post(`${base}/newOrder`, {}, order, call())).status, 201);
  const { externalAccountBinding: bound } = JSON.parse(posted[1]?.payload ?? '');
  const mac = createHmac('sha256', 'a key of the authority').update(`${bound.protected}.${bound.payload}`);
  assert.equal(bound.signature, mac.digest('base64url'));
  assert.deepEqual(decoded(bound.protected), { alg: 'HS256', kid: 'kid-1', url: `${base}/newAccount` });
});

test('https://www.rfc-editor.org/rfc/rfc8555#section-8.1', () => {
  assert.match(open().keyAuthorization('token'), /^token\.[\w-]{43}$/);
});

test('a call that was told to stop asks nothing, and a key of another kind is refused with the configuration', async () => {
  await refuses(['unavailable'], () => open().directory(stopped()));
  await refuses(['unavailable'], () => open().post(`${base}/newOrder`, {}, order, stopped()));
  for (const wrong of [new Secret('junk'), await drawKey('rsa-2048')]) {
    assert.equal(acmeConnection.safeParse({ directory: base, accountKey: wrong }).success, false);
  }
  assert.equal(acmeConnection.safeParse({ directory: 'http://ca.example.com/', accountKey }).success, false);
});

describe('what an authority says becomes a word of ours', () => {
  const cases: readonly (readonly [unknown, ErrorCode, ErrorCode])[] = [
    [problem('rateLimited')[1], 'throttled', 'throttled'],
    [problem('unauthorized')[1], 'denied', 'denied'],
    [problem('rejectedIdentifier')[1], 'invalid_request', 'invalid_request'],
    [problem('dns')[1], 'invalid_request', 'invalid_request'],
    [problem('serverInternal')[1], 'unavailable', 'outcome_unknown'],
    [{ type: 'about:blank' }, 'unavailable', 'outcome_unknown'],
    [undefined, 'unavailable', 'outcome_unknown'],
  ];
  for (const [json, asked, changed] of cases) {
    test(`${JSON.stringify(json)?.slice(0, 60)} is ${asked} to a question and ${changed} to a change`, () => {
      const [question, change] = [acmeFailure({ json }, false), acmeFailure({ json }, true)];
      assert.deepEqual([question.code, change.code], [asked, changed]);
      assert.doesNotMatch(question.message + change.message, /FATAL|urn:/);
    });
  }
});

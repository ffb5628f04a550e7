import assert from 'node:assert/strict';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { after, before, test } from 'node:test';
import { KeyturnError } from '../../src/contract/errors.ts';
import { Secret } from '../../src/contract/secret.ts';
import { freePorts } from '../../src/dev/backends/free-ports.ts';
import { openbaoConnection, openbaoPath, openOpenBao } from '../../src/providers/openbao-client.ts';
import { call, stopped } from '../conformance/credentials/stage.ts';
import { listen } from '../fakes/listen.ts';
import { worldOf } from '../fakes/world.ts';

const words = 'ERROR FROM REMOTE';
const refusal = (...errors: string[]) => JSON.stringify({ errors });

type Case = readonly [status: number, body: string, read: string, write: string];

/** What comes back, and what a read and a write make of it; `data` where it is an answer. */
const cases: readonly Case[] = [
  [200, '{"data":{"a":"b"}}', 'data', 'data'],
  [200, '{"data":null}', 'nothing', 'nothing'],
  [204, '', 'nothing', 'nothing'],
  [200, '', 'unavailable', 'outcome_unknown'],
  [200, '{"data":{"a":"b"}', 'unavailable', 'outcome_unknown'],
  [200, '{"ok":true}', 'unavailable', 'outcome_unknown'],
  [200, '["data"]', 'unavailable', 'outcome_unknown'],
  [200, `<html>${words}</html>`, 'unavailable', 'outcome_unknown'],
  [201, '{"data":{"a":"b"}}', 'unavailable', 'outcome_unknown'],
  [307, '', 'unavailable', 'outcome_unknown'],
  [400, refusal(words), 'invalid_request', 'invalid_request'],
  [400, refusal('check-and-set parameter did not match the current version'), 'conflict', 'conflict'],
  [400, `<html>${words}</html>`, 'unavailable', 'outcome_unknown'],
  [403, refusal(words), 'denied', 'denied'],
  [403, `<html>${words}</html>`, 'unavailable', 'outcome_unknown'],
  [404, refusal(), 'nothing', 'not_found'],
  [404, refusal(words), 'not_found', 'not_found'],
  [404, '{"data":{"a":"b"}}', 'data', 'outcome_unknown'],
  [404, `<html>${words}</html>`, 'unavailable', 'outcome_unknown'],
  [405, refusal(words), 'invalid_request', 'invalid_request'],
  [412, refusal(words), 'throttled', 'throttled'],
  [413, refusal(words), 'invalid_request', 'invalid_request'],
  [429, refusal(words), 'throttled', 'throttled'],
  [429, words, 'unavailable', 'outcome_unknown'],
  [500, refusal(words), 'unavailable', 'outcome_unknown'],
  [503, refusal('Vault is sealed'), 'unavailable', 'unavailable'],
  [503, refusal(words), 'unavailable', 'outcome_unknown'],
  [503, `<html>${words} sealed</html>`, 'unavailable', 'outcome_unknown'],
];

const seen: { method: string; url: string; headers: IncomingHttpHeaders; body: string }[] = [];
let answer: readonly [status: number, body: string] = [204, ''];
const server = createServer((request, response) => {
  void request.toArray().then((chunks) => {
    const body = Buffer.concat(chunks).toString('utf8');
    seen.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, body });
    return response.writeHead(answer[0], { location: 'http://127.0.0.1:9/v1/stolen' }).end(answer[1]);
  });
});
let address: string;
before(async () => {
  address = `http://127.0.0.1:${await listen(server)}`;
});
after(() => {
  server.closeAllConnections();
  server.close();
});
const client = (more: object = {}) =>
  openOpenBao(openbaoConnection.parse({ address, token: new Secret('s.token'), ...more }), worldOf('bao'));
const codeOf = async (act: () => Promise<unknown>): Promise<string> => {
  try {
    return (await act()) === undefined ? 'nothing' : 'data';
  } catch (error) {
    assert.ok(error instanceof KeyturnError);
    assert.ok(![error.message, error.hint, error.stack].some((text) => text?.includes(words)), 'remote text shows');
    return error.code;
  }
};

for (const [status, body, read, write] of cases) {
  test(`${status} ${body.slice(0, 40)} is ${read} to a read and ${write} to a write`, async () => {
    answer = [status, body];
    assert.equal(await codeOf(() => client().read(['a'], call())), read);
    assert.equal(await codeOf(() => client().ask(['a'], {}, call())), read);
    assert.equal(await codeOf(() => client().write(['a'], {}, call())), write);
  });
}

test('a sealed server is named as such', async () => {
  answer = [503, refusal('Vault is sealed')];
  await assert.rejects(() => client().read(['a'], call()), { hint: 'OpenBao is sealed' });
});

test('what was never sent is unavailable, to a write as well', async () => {
  const [port = 0] = await freePorts(1);
  const gone = client({ address: `http://127.0.0.1:${port}` });
  assert.equal(await codeOf(() => gone.write(['a'], {}, call())), 'unavailable');
  const nowhere = client({ address: 'http://nowhere.invalid', allowPlainHttp: true });
  assert.equal(await codeOf(() => nowhere.write(['a'], {}, call())), 'unavailable');
  const soFar = seen.length;
  assert.equal(await codeOf(() => client().write(['a'], {}, stopped())), 'unavailable');
  assert.equal(seen.length, soFar);
});

test('each part of a path is encoded, and token and namespace are sent along', async () => {
  answer = [204, ''];
  await client({ namespace: 'team/a' }).read(['sécret', 'a b', '%2e%2e', '?x=1#y', '"; DROP'], call(), {
    version: '3',
  });
  const last = seen.at(-1);
  assert.equal(last?.url, '/v1/s%C3%A9cret/a%20b/%252e%252e/%3Fx%3D1%23y/%22%3B%20DROP?version=3');
  assert.equal(last.headers['x-vault-token'], 's.token');
  assert.equal(last.headers['x-vault-namespace'], 'team/a');
  await client().postAs(undefined, ['auth', 'login'], { secret_id: 'x' }, call());
  assert.deepEqual([seen.at(-1)?.headers['x-vault-token'], seen.at(-1)?.body], [undefined, '{"secret_id":"x"}']);
});

test('a path that leads elsewhere is no configuration', () => {
  assert.deepEqual(openbaoPath.parse('team/kv'), ['team', 'kv']);
  for (const path of [
    '',
    '/',
    'a/',
    '/a',
    'a//b',
    '.',
    '..',
    'a/../b',
    'a\nb',
    'a\0',
    '\u0085',
    '\udc00',
    'x'.repeat(513),
  ]) {
    assert.ok(!openbaoPath.safeParse(path).success, JSON.stringify(path.slice(0, 20)));
  }
});

const takes = (more: object) => openbaoConnection.safeParse({ address, token: new Secret('s.x'), ...more }).success;

test('the token is sent by plain http to this machine alone, or where the configuration allows it', () => {
  for (const address of [
    'http://localhost:8200',
    'http://127.0.0.1:8200/x',
    'http://[::1]:8200',
    'https://bao.example',
  ])
    assert.ok(takes({ address }), address);
  for (const host of ['bao.example', 'localhost.example', '127.0.0.1.example:8200', '10.0.0.1']) {
    assert.ok(!takes({ address: `http://${host}` }), host);
    assert.ok(!takes({ address: `http://${host}`, allowPlainHttp: false }), host);
    assert.ok(takes({ address: `http://${host}`, allowPlainHttp: true }), host);
  }
  assert.ok(!takes({ address: 'ftp://bao.example', allowPlainHttp: true }));
});

test('a connection takes a plain URL, a token that fits a header, and nothing unknown', () => {
  assert.ok(takes({ address: 'https://bao.example/base/', namespace: 'a/b', timeoutMs: 500 }));
  const wrong = [
    '',
    'bao.example',
    'ftp://bao.example',
    'https://u:p@bao.example',
    'https://bao.example/?a',
    'https://b/#a',
  ];
  for (const url of wrong) assert.ok(!takes({ address: url }), url);
  for (const token of ['s.token', new Secret(''), new Secret('a b'), new Secret('a\nb')]) assert.ok(!takes({ token }));
  for (const more of [{ timeoutMs: 0 }, { namespace: 'a b' }, { unknownField: 1 }]) assert.ok(!takes(more));
});

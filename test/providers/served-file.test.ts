import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, beforeEach, describe, test } from 'node:test';
import { createServer, type Server } from 'node:tls';
import { Secret } from '../../src/contract/secret.ts';
import { freePorts } from '../../src/dev/backends/free-ports.ts';
import { provider } from '../../src/providers/consumers/file.ts';
import { SmallAuthority, type Making } from '../conformance/authorities/small-authority.ts';
import { call, isWellFormed, refuses } from '../conformance/credentials/stage.ts';
import { pemBundle } from '../fakes/pem-bundle.ts';
import { worldOf } from '../fakes/world.ts';

const authority = await SmallAuthority.create('Root');
const impostor = await SmallAuthority.create('Root');
const name = 'orders.example.com';
const issue = (making?: Making, by = authority) => pemBundle(by, [name], making);
const [good, old] = await Promise.all([issue(), issue()]);
const keyOf = (bundle: Secret) => bundle.reveal().split('-----BEGIN CERTIFICATE')[0] ?? '';
const chainOf = (bundle: Secret) => bundle.reveal().slice(keyOf(bundle).length);

const world = worldOf('file');
const servers = new Map<Server, { asked: number }>();
after(() => servers.forEach((_, server) => server.close()));

async function serve(bundle: Secret) {
  const count = { asked: 0 };
  const server = createServer({ key: bundle.reveal(), cert: chainOf(bundle) }, (socket) =>
    socket.on('error', () => {}),
  );
  server.on('connection', () => (count.asked += 1)).on('tlsClientError', () => {});
  servers.set(server, count);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return Object.assign(count, { host: '127.0.0.1', port: (server.address() as AddressInfo).port, serverName: name });
}

let root: string;
beforeEach(async () => (root = await mkdtemp(join(tmpdir(), 'keyturn-served-'))));
afterEach(async () => rm(root, { recursive: true }));

const place = ({ host, port, serverName }: { host: string; port: number; serverName?: string }, target?: string) => ({
  host,
  port,
  ...(serverName && { serverName }),
  ...(target && { target }),
});
const parse = (serves: object, more: object = {}) => provider.config.safeParse({ root, serves, ...more });
const portWith = (endpoints: readonly object[], more: object = {}) =>
  provider.create(
    provider.config.parse({ root, serves: { endpoints, roots: authority.chain, timeoutMs: 500, ...more } }),
    world,
  );
const silent = async () => ({ host: '127.0.0.1', port: (await freePorts(1))[0] ?? 0, serverName: name });

const delivered = (secret: Secret) => ({
  ref: { connection: 'ca', account: 'orders', id: 'id-1' },
  secret,
  fingerprint: world.fingerprint(secret),
});

/** What the port says of a bundle that rests in the file. */
async function said(is: string, endpoints: readonly object[], bundle = good, more: object = {}): Promise<string> {
  await writeFile(join(root, 'tls.pem'), bundle.reveal());
  const verdict = await portWith(endpoints, more).verify('tls.pem', world.fingerprint(bundle), call());
  isWellFormed(verdict);
  assert.equal(verdict.is, is, verdict.because);
  return verdict.because;
}

describe('F21: of a certificate in a file', () => {
  test('yes is said where every endpoint serves it', async () => {
    const one = await serve(good);
    assert.match(await said('yes', [place(one)]), /^served at its one address/);
    assert.equal(one.asked, 2, 'two handshakes are made where nothing else is said');
    assert.match(await said('yes', [place(one), place(await serve(good))]), /all 2 endpoints/);
    await said('yes', [place(one)], good, { rounds: 5 });
    assert.equal(one.asked, 9);
  });

  test('no is said where one of two serves another one, be the first good or silent', async () => {
    const other = await serve(old);
    assert.match(await said('no', [place(await serve(good)), place(other)]), /^127\.0\.0\.1:\d+: .*serves another/);
    assert.match(await said('no', [await silent(), place(other), place(other)]), /serves another.*; and 1 more$/);
  });

  test('I7: nothing is known where one is silent and none is wrong', async () => {
    const quiet = await silent();
    assert.match(await said('unknown', [place(await serve(good)), quiet]), new RegExp(`^127.0.0.1:${quiet.port}: `));
  });

  test('no is said of one that clients turn away: the root, the time, the name', async () => {
    const server = place(await serve(good));
    assert.match(await said('no', [server], good, { roots: impostor.chain }), /trusted root/);
    assert.match(await said('no', [server], good, { roots: undefined }), /trusted root/);
    assert.match(await said('no', [{ ...server, serverName: 'other.example.com' }]), /not for this name/);
    const minute = 60_000;
    const expired = await issue({ from: new Date(Date.now() - 9 * minute), until: new Date(Date.now() - minute) });
    assert.match(await said('no', [place(await serve(expired))], expired), /expired/);
  });

  test('no is said of a file that holds no certificate, or that of nobody, though the secret is in it', async () => {
    const server = place(await serve(good));
    for (const text of ['just-a-password', keyOf(good), `${keyOf(good)}${chainOf(old).slice(0, 200)}`]) {
      assert.match(await said('no', [server], new Secret(text)), /holds no chain of certificates/);
    }
  });

  test('no is said of another secret than the one in the file, and no endpoint is asked', async () => {
    const server = await serve(good);
    const port = portWith([place(server)]);
    assert.equal((await port.verify('tls.pem', delivered(good).fingerprint, call())).is, 'no');
    await writeFile(join(root, 'tls.pem'), old.reveal());
    assert.equal((await port.verify('tls.pem', delivered(good).fingerprint, call())).is, 'no');
    assert.equal(server.asked, 0);
  });

  test('an endpoint of another file is not asked about this one, and a file without one is refused', async () => {
    const [mine, other] = [await serve(good), await serve(old)];
    const port = portWith([place(mine, 'tls.pem'), place(other, 'other.pem')]);
    await port.deliver('tls.pem', delivered(good), call());
    assert.equal((await port.verify('tls.pem', delivered(good).fingerprint, call())).is, 'yes');
    assert.equal(other.asked, 0);
    await refuses(['invalid_request'], () => port.deliver('third.pem', delivered(good), call()));
    await writeFile(join(root, 'third.pem'), good.reveal());
    await refuses(['invalid_request'], () => port.verify('third.pem', delivered(good).fingerprint, call()));
    const ready = await port.preflight?.('third.pem', call());
    assert.equal(`${ready?.is}: ${ready?.because}`, 'no: target: no endpoint of the connection serves it');
  });
});

test('F20: what no server could serve is refused before the file is touched', async () => {
  const port = portWith([await silent()]);
  await port.deliver('tls.pem', delivered(old), call());
  const swapped = `${keyOf(old)}${chainOf(good)}`;
  const broken = [swapped, 'just-a-password', keyOf(good), chainOf(good), ''];
  for (const text of broken) {
    await refuses(['invalid_request'], () => port.deliver('tls.pem', delivered(new Secret(text)), call()));
    assert.ok((await readFile(join(root, 'tls.pem'), 'utf8')) === old.reveal(), 'the file was touched');
  }
  const plain = provider.create(provider.config.parse({ root }), world);
  for (const text of broken) await plain.deliver('plain', delivered(new Secret(text)), call());
});

test('preflight wants every endpoint to shake hands, with whatever certificate', async () => {
  const expired = await issue({ until: new Date(Date.now() - 1_000) }, impostor);
  const server = await serve(expired);
  const ready = async (endpoints: readonly object[]) => portWith(endpoints).preflight?.('tls.pem', call());
  assert.equal((await ready([place(server)]))?.is, 'yes');
  assert.equal(server.asked, 1);
  const verdict = await ready([place(server), await silent()]);
  assert.ok(verdict);
  isWellFormed(verdict);
  assert.match(`${verdict.is}: ${verdict.because}`, /^unknown: 127\.0\.0\.1:\d+: .*did not shake hands/);
});

describe('the configuration', () => {
  const endpoint = { host: 'orders.example.com', port: 443 };

  test('needs one endpoint, and the rest has defaults', () => {
    const { serves } = provider.config.parse({ root, serves: { endpoints: [endpoint] } });
    assert.deepEqual(serves, { endpoints: [endpoint], timeoutMs: 5_000, rounds: 2 });
    for (const host of ['::1', '127.0.0.1', 'localhost', 'a-b.example.com']) {
      assert.ok(parse({ endpoints: [{ ...endpoint, host }] }).success, host);
    }
  });

  test('with another format than raw is refused, and says so', () => {
    for (const format of ['json', 'env']) {
      const { error } = parse({ endpoints: [endpoint] }, { format });
      assert.deepEqual(
        error?.issues.map(({ path, message }) => [path.join('.'), message.split(':')[0]]),
        [['serves', 'expected format raw']],
      );
    }
  });

  const wrong: readonly object[] = [
    {},
    { endpoints: [] },
    { endpoints: Array(51).fill(endpoint) },
    { endpoints: [{ host: 'https://orders.example.com', port: 443 }] },
    { endpoints: [{ host: 'orders.example.com' }] },
    { endpoints: [{ ...endpoint, port: 0 }] },
    { endpoints: [{ ...endpoint, serverName: '*.example.com' }] },
    { endpoints: [{ ...endpoint, path: '/' }] },
    { endpoints: [endpoint], roots: '/etc/ssl/roots.pem' },
    { endpoints: [endpoint], roots: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----' },
    { endpoints: [endpoint], roots: keyOf(good) },
    { endpoints: [endpoint], rounds: 0 },
    { endpoints: [endpoint], timeoutMs: 0 },
  ];
  for (const serves of wrong) {
    test(`is none: ${JSON.stringify(serves).slice(0, 80)}`, () => assert.ok(!parse(serves).success));
  }
});

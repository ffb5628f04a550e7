import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer as createTcp, type AddressInfo, type Server } from 'node:net';
import { after, describe, test } from 'node:test';
import { createSecureContext, createServer } from 'node:tls';
import { describeChain } from '../../src/certificates/chain.ts';
import { drawKey } from '../../src/certificates/signing-key.ts';
import { signingRequest } from '../../src/certificates/signing-request.ts';
import { servesCertificate } from '../../src/providers/served-certificate.ts';
import { shakeHands, type TlsEndpoint } from '../../src/providers/tls-handshake.ts';
import { SmallAuthority, type Making } from '../conformance/authorities/small-authority.ts';
import { call, isWellFormed, refuses, stopped } from '../conformance/credentials/stage.ts';

const root = await SmallAuthority.create('Root');
const middle = await SmallAuthority.create('Middle', root, { isAuthority: true });
const impostor = await SmallAuthority.create('Root');
const world = { now: () => new Date() };
const minutes = (count: number) => new Date(Date.now() + count * 60_000);

/** A server's key and chain, as it reads them. */
interface Served {
  readonly key: string;
  readonly cert: string;
}

async function issue(by = middle, making: Making = {}, names = ['orders.example.com', '127.0.0.1']): Promise<Served> {
  const key = await drawKey('ecdsa-p256');
  const { csr } = await signingRequest(key, { names, lifetimeMs: 1 });
  return { key: key.reveal(), cert: await by.sign(csr, making) };
}

const good = await issue();
const old = await issue();
const refOf = ({ cert }: Served) => describeChain('ca', cert).ref;
const servers = new Set<Server>();
after(() => servers.forEach((server) => server.close()));

async function listening(server: Server, at: { host: string; port?: number }): Promise<number> {
  server.on('error', () => {}).listen(at.port ?? 0, at.host);
  server.on('tlsClientError', () => {});
  await once(server, 'listening');
  servers.add(server);
  return (server.address() as AddressInfo).port;
}

const serve = (served: Served, at: { host: string; port?: number } = { host: '127.0.0.1' }) =>
  listening(
    createServer(served, (socket) => socket.on('error', () => {})),
    at,
  );

const endpoint = (port: number, more: Partial<TlsEndpoint> = {}): TlsEndpoint => ({
  host: '127.0.0.1',
  port,
  serverName: 'orders.example.com',
  roots: root.chain,
  timeoutMs: 500,
  rounds: 2,
  ...more,
});

async function said(where: TlsEndpoint, addresses?: readonly string[], { is = 'no' } = {}) {
  const resolve = addresses && (async () => addresses);
  const verdict = await servesCertificate(world, where, refOf(good), call(), resolve);
  isWellFormed(verdict);
  assert.equal(verdict.is, is, verdict.because);
  return verdict.because;
}

test('F21: the certificate is served where every handshake shows it, its chain leads to the root and its names fit', async () => {
  const port = await serve(good);
  await said(endpoint(port), undefined, { is: 'yes' });
  await said(endpoint(port, { serverName: undefined }), undefined, { is: 'yes' });
  const [seen] = await shakeHands(endpoint(port), call());
  const { ref, notAfter } = describeChain('ca', good.cert);
  assert.deepEqual(seen, {
    is: 'served',
    address: '127.0.0.1',
    fingerprint: ref.fingerprint,
    notAfter,
    problem: undefined,
  });
});

describe('F21, F22: no is said', () => {
  test('of another certificate of the same name', async () => {
    assert.match(await said(endpoint(await serve(old))), /127\.0\.0\.1: it serves another certificate/);
  });

  test('where one of two addresses still serves the old one', async () => {
    const port = await serve(good);
    await serve(old, { host: '127.0.0.2', port });
    assert.match(
      await said(endpoint(port), ['127.0.0.1', '127.0.0.2']),
      /^127\.0\.0\.2: it serves another certificate$/,
    );
  });

  test('where one of two listeners behind one address still serves the old one', async () => {
    const contexts = [good, old].map((each) => createSecureContext(each));
    let turn = 0;
    const SNICallback = (_: string, answer: (error: Error | null, context?: (typeof contexts)[0]) => void) =>
      answer(null, contexts[turn++ % 2]);
    const port = await listening(createServer({ ...good, SNICallback }), { host: '127.0.0.1' });
    await said(endpoint(port));
  });

  const wrong: readonly (readonly [string, RegExp, () => Promise<Served>, Partial<TlsEndpoint>?])[] = [
    ['of a chain that leads to another root of that name', /trusted root/, () => issue(impostor)],
    ['of a chain without the one in the middle', /trusted root/, async () => leafOnly(await issue())],
    ['of one that has expired', /expired/, () => issue(middle, { from: minutes(-90), until: minutes(-5) })],
    ['of one that is not valid yet', /not valid yet/, () => issue(middle, { from: minutes(30), until: minutes(60) })],
    ['of one for another name', /not for this name/, () => issue(middle, {}, ['other.example.com'])],
    [
      'of one for another address',
      /not for this name/,
      () => issue(middle, {}, ['127.0.0.9']),
      { serverName: undefined },
    ],
  ];
  for (const [name, problem, make, more] of wrong) {
    test(name, async () => {
      const served = await make();
      const where = endpoint(await serve(served), more);
      const verdict = await servesCertificate(world, where, refOf(served), call());
      assert.equal(verdict.is, 'no', verdict.because);
      assert.match(verdict.because, problem);
    });
  }

  test('by a client that does not trust the root, though the certificate is the right one', async () => {
    await said(endpoint(await serve(good), { roots: impostor.chain }));
    await said(endpoint(await serve(good), { roots: undefined }));
  });
});

function leafOnly({ key, cert }: Served): Served {
  return { key, cert: `${cert.split('-----END CERTIFICATE-----')[0]}-----END CERTIFICATE-----\n` };
}

describe('I7: nothing is known', () => {
  test('where nobody listens', async () => {
    const port = await serve(good);
    await said(endpoint(port), ['127.0.0.3'], { is: 'unknown' });
  });

  test('where one of two addresses is silent and the other one is good; but the old one is a no', async () => {
    const port = await serve(good);
    await said(endpoint(port), ['127.0.0.1', '127.0.0.3'], { is: 'unknown' });
    await serve(old, { host: '127.0.0.2', port });
    await said(endpoint(port), ['127.0.0.3', '127.0.0.2'], { is: 'no' });
  });

  test('of plain TCP that never answers, and that ends in time', async () => {
    const port = await listening(
      createTcp((socket) => socket.on('error', () => {})),
      { host: '127.0.0.1' },
    );
    const started = Date.now();
    await said(endpoint(port), undefined, { is: 'unknown' });
    assert.ok(Date.now() - started < 2_000);
  });

  test('of what speaks something else, or hangs up', async () => {
    const http = createTcp((socket) => socket.on('error', () => {}).end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    await said(endpoint(await listening(http, { host: '127.0.0.1' })), undefined, { is: 'unknown' });
    const silent = createTcp((socket) => socket.on('error', () => {}).destroy());
    await said(endpoint(await listening(silent, { host: '127.0.0.1' })), undefined, { is: 'unknown' });
  });

  test('of a name that leads nowhere', async () => {
    await said(endpoint(1), [], { is: 'unknown' });
    await said(endpoint(1, { host: 'nowhere.invalid' }), undefined, { is: 'unknown' });
  });

  test('when the call was told to stop, before or in the middle', async () => {
    const port = await listening(
      createTcp((socket) => socket.on('error', () => {})),
      { host: '127.0.0.1' },
    );
    await refuses(['unavailable'], () => shakeHands(endpoint(port), stopped()));
    assert.equal((await servesCertificate(world, endpoint(port), refOf(good), stopped())).is, 'unknown');
    const started = Date.now();
    const where = endpoint(port, { timeoutMs: 30_000 });
    const verdict = await servesCertificate(world, where, refOf(good), { signal: AbortSignal.timeout(100) });
    assert.equal(verdict.is, 'unknown');
    assert.ok(Date.now() - started < 1_000);
  });
});

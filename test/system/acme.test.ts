import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { drawKey } from '../../src/certificates/signing-key.ts';
import type { World } from '../../src/contract/provider.ts';
import { call, refuses } from '../conformance/credentials/stage.ts';
import { listen } from '../fakes/listen.ts';
import { worldOf } from '../fakes/world.ts';
import { startAcme, urlOf } from './acme-fixture.ts';
import { requestFor } from './openbao-pki-fixture.ts';

const { bao, names, portWith } = await startAcme();

test('what proved a name is taken away again, and one account is enough', async () => {
  const port = portWith({ accountKey: await drawKey('ecdsa-p256') });
  for (const name of ['one.example.com', 'two.example.com']) {
    await port.enroll(await requestFor([name]), call());
    assert.equal(names.records.get(`_acme-challenge.${name}`)?.size, 0);
  }
});

test('F2: a name that is proven by nobody gets no certificate, and it is said that a challenge was not seen', async () => {
  const listed = async () => (await bao.admin('GET', 'pki/certs?list=true')).json.data.keys.length;
  const before = await listed();
  const port = portWith({ challenge: { type: 'dns-01', command: [process.execPath, '-e', '0'] }, patienceMs: 3_000 });
  await refuses(['invalid_request', 'unavailable'], async () =>
    port.enroll(await requestFor(['unproven.example.com']), call()),
  );
  assert.equal(await listed(), before);
});

test('a page in place of a revocation list, or of the responder, leaves the verdict unknown', async () => {
  const issued = await portWith().enroll(await requestFor(['paged.example.com']), call());
  assert.equal((await portWith().status(issued, call())).is, 'no');
  for (const path of ['/pki/crl', '/pki/ocsp']) {
    const fetch: World['fetch'] = async (input, init) =>
      urlOf(input).endsWith(path) ? new Response('<html>blocked</html>') : globalThis.fetch(input, init);
    const verdict = await portWith({}, { ...worldOf('acme'), fetch }).status(issued, call());
    assert.equal(verdict.is, 'unknown', path);
    assert.doesNotMatch(verdict.because, /blocked/);
  }
});

test('https://www.rfc-editor.org/rfc/rfc9773#section-4.2', async () => {
  const issued = await portWith().enroll(await requestFor(['renewed.example.com']), call());
  assert.equal(await portWith().renewal?.(issued, call()), undefined);
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    const directory = ['newNonce', 'newAccount', 'newOrder', 'revokeCert', 'renewalInfo'].map((name) => [
      name,
      `${base}/${name}`,
    ]);
    const suggestedWindow = { start: '2026-01-02T04:00:00Z', end: '2026-01-03T04:00:00Z' };
    response.end(JSON.stringify(request.url === '/' ? Object.fromEntries(directory) : { suggestedWindow }));
  });
  const base = `http://127.0.0.1:${await listen(server)}`;
  const port = portWith({ directory: `${base}/` });
  const window = await port.renewal?.(issued, call());
  assert.deepEqual(window, { start: '2026-01-02T04:00:00.000Z', end: '2026-01-03T04:00:00.000Z' });
  assert.match(asked.at(-1) ?? '', /^\/renewalInfo\/[\w-]+\.[\w-]+$/);
  server.closeAllConnections();
  server.close();
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serveHealth } from '../../src/worker/health.ts';

const anywhere = { host: '127.0.0.1', port: 0 };

test('an address that is taken is an error of the configuration, with its field', async () => {
  const first = await serveHealth(anywhere, () => 'RUNNING');
  const second = serveHealth({ ...anywhere, port: first.port }, () => 'RUNNING');
  await assert.rejects(second, { code: 'invalid_request', message: /^http: expected a free address; .*EADDRINUSE/ });
  await first.close();
});

test('health follows the state of the worker', async () => {
  let state = 'RUNNING';
  const { port, close } = await serveHealth(anywhere, () => state);
  const ask = async () => (await fetch(`http://127.0.0.1:${port}/healthz`)).status;
  assert.equal(await ask(), 200);
  state = 'DRAINING';
  assert.equal(await ask(), 503);
  await close();
});

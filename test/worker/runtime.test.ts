import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, test } from 'node:test';
import { Runtime } from '@temporalio/worker';
import { freePorts } from '../../src/dev/backends/free-ports.ts';
import { installRuntime, metricsPort } from '../../src/worker/runtime.ts';
import { listen } from '../fakes/listen.ts';

const server = createServer();
after(() => server.close());

test('a port that something else has is passed over: metrics are shown on the next one', async () => {
  const taken = await listen(server);
  const [free = 0] = await freePorts(1);
  const ports = [taken, taken, free];
  installRuntime(() => ports.shift()!, 'silent');
  assert.equal(metricsPort(), free);
  assert.equal((await fetch(`http://127.0.0.1:${metricsPort()}/metrics`)).status, 200);
  await Runtime.instance().shutdown();
});

test('where every port is taken, the worker does not start, and says so', async () => {
  const { port } = server.address() as { port: number };
  assert.throws(() => installRuntime(() => port, 'silent'), /address already in use/i);
});

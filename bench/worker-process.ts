import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { mostCachedWorkflows } from '../src/worker/most-cached-workflows.ts';
import { readFresh } from '../src/worker/workflow-bundle.ts';
import { bundleOf, type Code } from './bench.ts';
import { pollers, shutDown } from './rotations.ts';
import { inspectThreads } from './threads.ts';

/** What a worker process is told. */
export interface WorkerOrders {
  readonly address: string;
  readonly taskQueue: string;
  readonly code: Code;
  /** A bundle that was made before; without it one is made. */
  readonly prebuilt?: string;
}

/** What it says once it polls. Milliseconds are since the process began, sizes in bytes. */
export interface Started {
  readonly loaded: number;
  readonly bundled: number;
  readonly polling: number;
  readonly bundleBytes: number;
  /** Without the source map that the SDK writes into it. */
  readonly codeBytes: number;
  readonly maxCachedWorkflows: number;
}

/** What it answers to `memory`, and to `live` once it has collected its garbage. */
export interface Memory {
  readonly rss: number;
  readonly cached: number;
}

Runtime.install({ logger: new DefaultLogger('ERROR'), telemetryOptions: { logging: { filter: 'OFF' } } });
const { address, taskQueue, code, prebuilt } = JSON.parse(process.argv[2]!) as WorkerOrders;
if (code === 'keyturn') {
  await import('../src/worker.ts');
  await (await import('../src/providers/registry.ts')).loadProviders();
}
const loaded = performance.now();
const workflowBundle = (prebuilt ? await readFresh(prebuilt) : undefined) ?? (await bundleOf(code));
const bundled = performance.now();
const connection = await NativeConnection.connect({ address });
const worker = await Worker.create({
  connection,
  taskQueue,
  workflowBundle,
  ...pollers,
  maxCachedWorkflows: mostCachedWorkflows,
});
const running = worker.run();
process.on('disconnect', () => shutDown(worker));
const memory = (): Memory => ({
  rss: process.memoryUsage().rss,
  cached: worker.getStatus().numCachedWorkflows,
});
process.on('message', (order) => {
  if (order === 'stop') shutDown(worker);
  else if (order === 'memory') process.send!(memory());
  else void collect().then(() => process.send!(memory()));
});
process.send!({
  loaded,
  bundled,
  polling: performance.now(),
  bundleBytes: Buffer.byteLength(workflowBundle.code),
  codeBytes: Buffer.byteLength(workflowBundle.code.replace(/\n\/\/# sourceMappingURL=[^\n]*\s*$/, '')),
  maxCachedWorkflows: worker.options.maxCachedWorkflows,
} satisfies Started);
await running;
await connection.close();
process.disconnect();

async function collect(): Promise<void> {
  const threads = await inspectThreads();
  await threads.post('HeapProfiler.collectGarbage');
  threads.close();
}

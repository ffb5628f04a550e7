import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import proto from '@temporalio/proto';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { createActivities } from '../src/activities/index.ts';
import { converterPaths } from '../src/codec/data-converter.ts';
import type { OperationStatus } from '../src/contract/messages.ts';
import { searchAttributes } from '../src/contract/search-attributes.ts';
import { startTemporal, type TemporalBackend } from '../src/dev/backends/temporal.ts';
import { MemoryWorld } from '../test/workflows/memory-world.ts';

/** What one rotation costs the engine, by the number of its consumers. Providers are in memory: this measures Keyturn and Temporal. */
interface Row {
  readonly consumers: number;
  readonly events: number;
  readonly bytes: number;
  readonly milliseconds: number;
}

Runtime.install({ logger: new DefaultLogger('ERROR'), telemetryOptions: { logging: { filter: 'OFF' } } });

const folder = await mkdtemp(join(tmpdir(), 'keyturn-bench-'));
const types = Object.entries(searchAttributes).map(
  ([name, type]) => [name, type === 'KEYWORD' ? 'Keyword' : 'Datetime'] as const,
);
const temporal = await startTemporal({
  folder,
  inMemory: true,
  headless: true,
  searchAttributes: Object.fromEntries(types),
});
try {
  const rows = await measure(temporal);
  process.stdout.write(
    `load ${loadavg()
      .map((load) => load.toFixed(1))
      .join(' ')}, Node ${process.version}, Temporal development server\n\n`,
  );
  process.stdout.write('consumers   events   bytes   ms per rotation (median of 5)\n');
  for (const { consumers, events, bytes, milliseconds } of rows) {
    process.stdout.write(
      `${String(consumers).padStart(9)} ${String(events).padStart(8)} ${String(bytes).padStart(7)} ${milliseconds.toFixed(0).padStart(6)}\n`,
    );
  }
  const [one, many] = [rows[0]!, rows.at(-1)!];
  const perConsumer = (many.events - one.events) / (many.consumers - one.consumers);
  process.stdout.write(`\nevents: ${(one.events - perConsumer).toFixed(0)} + ${perConsumer.toFixed(1)} per consumer\n`);
  await writeFile(
    'bench-results.json',
    `${JSON.stringify({ at: new Date().toISOString(), load: loadavg(), rows }, null, 2)}\n`,
  );
} finally {
  await temporal.stop();
  await rm(folder, { recursive: true, force: true });
}

async function measure({ address }: TemporalBackend): Promise<Row[]> {
  const client = new Client({ connection: await Connection.connect({ address }) });
  const connection = await NativeConnection.connect({ address });
  const workflowsPath = fileURLToPath(new URL('../src/workflows/index.ts', import.meta.url));
  const workflowBundle = await bundleWorkflowCode({
    workflowsPath,
    ...converterPaths(undefined),
    logger: new DefaultLogger('ERROR'),
  });
  const rows: Row[] = [];
  for (const consumers of [1, 5, 50]) {
    const runs: Row[] = [];
    for (let round = 0; round < 5; round += 1) {
      const taskQueue = `bench-${consumers}-${round}`;
      const world = new MemoryWorld(
        'alternate',
        Array.from({ length: consumers }, (_, at) => `c${at}`),
      );
      const worker = await Worker.create({
        connection,
        taskQueue,
        workflowBundle,
        activities: createActivities(world.activities()),
      });
      runs.push(await worker.runUntil(() => rotateOnce(client, taskQueue, world, consumers)));
    }
    rows.push(runs.toSorted((a, b) => a.milliseconds - b.milliseconds)[2]!);
  }
  await connection.close();
  await client.connection.close();
  return rows;
}

async function rotateOnce(client: Client, taskQueue: string, world: MemoryWorld, consumers: number): Promise<Row> {
  const lifecycle = await client.workflow.start('identityLifecycle', {
    taskQueue,
    workflowId: 'identity/orders',
    args: [{ id: 'orders' }],
  });
  await lifecycle.executeUpdate('declare', { args: [world.declared({ quiet: '1ms', observe: '1ms' })] });
  const began = performance.now();
  const run = await client.workflow.start('rotateCredential', {
    taskQueue,
    workflowId: `rotate/orders/${taskQueue}`,
    args: [{ identity: 'orders', reason: 'a measurement', requestedBy: 'bench' }],
  });
  for (;;) {
    const { gates } = await run.query<OperationStatus>('status');
    const open = gates.find(({ state }) => state === 'open');
    if (open) {
      await run.executeUpdate('confirm', {
        args: [{ gate: open.id, decision: 'approve', approver: 'dana@example.com' }],
      });
      break;
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await run.result();
  const milliseconds = performance.now() - began;
  const history = await run.fetchHistory();
  const bytes = proto.temporal.api.history.v1.History.encode(history).finish().length;
  await lifecycle.terminate('measured');
  return { consumers, events: history.events?.length ?? 0, bytes, milliseconds };
}

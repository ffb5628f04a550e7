import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { bundleOf, type Bench } from './bench.ts';
import { ratioOf, shown, spreadOf, table } from './figures.ts';
import { startWorker } from './start-worker.ts';
import type { Started } from './worker-process.ts';

interface Start extends Started {
  /** Milliseconds from the fork of the process to the end of its first workflow task. */
  readonly firstTask: number;
}

const rounds = 5;
/** What starts: the product from its sources, the product with the bundle that a build has made, and the least. */
const kinds = ['keyturn', 'built', 'minimal'] as const;
type Kind = (typeof kinds)[number];
const types: Record<Kind, string> = {
  built: 'identityLifecycle',
  keyturn: 'identityLifecycle',
  minimal: 'minimalRotation',
};

/** Part (e): how long a worker needs from nothing to its first task, and how large its workflow bundle is. */
export async function measureStart(bench: Bench): Promise<object> {
  const folder = await mkdtemp(join(tmpdir(), 'keyturn-bench-'));
  const prebuilt = join(folder, 'workflows.js');
  await writeFile(prebuilt, (await bundleOf('keyturn')).code);
  const all: Record<Kind, Start[]> = { keyturn: [], built: [], minimal: [] };
  try {
    for (let round = 0; round < rounds; round += 1)
      for (const kind of kinds) all[kind].push(await startOnce(bench, kind, round, prebuilt));
  } finally {
    await rm(folder, { recursive: true });
  }
  return report(bench, all);
}

/** The task waits before the worker begins. */
async function startOnce({ client, address }: Bench, kind: Kind, round: number, prebuilt: string): Promise<Start> {
  const taskQueue = `bench-start-${kind}-${round}`;
  const args = [kind === 'minimal' ? { identity: 'x', operation: 'x', consumers: [], old: {} } : { id: taskQueue }];
  const run = await client.workflow.start(types[kind], { taskQueue, workflowId: taskQueue, args });
  const began = performance.now();
  const code = kind === 'minimal' ? kind : 'keyturn';
  const worker = startWorker({ address, taskQueue, code, ...(kind === 'built' ? { prebuilt } : {}) });
  try {
    const started = await worker.started;
    // Started, task scheduled, task started: the fourth event is its completion.
    while ((await run.describe()).historyLength < 4) await sleep(10);
    return { ...started, firstTask: performance.now() - began };
  } finally {
    await run.terminate('measured');
    await worker.stop();
  }
}

function report(bench: Bench, all: Record<Kind, Start[]>): object {
  const spread = (kind: Kind, key: keyof Start) => shown(spreadOf(all[kind].map((start) => start[key] / 1000)), 2);
  bench.print(
    table(
      ['', 's to loaded', 's to bundled', 's to polling', 's to first task', 'kB bundle', 'of it code'],
      kinds.map((kind) => [
        kind,
        spread(kind, 'loaded'),
        spread(kind, 'bundled'),
        spread(kind, 'polling'),
        spread(kind, 'firstTask'),
        Math.round(all[kind][0]!.bundleBytes / 1000),
        Math.round(all[kind][0]!.codeBytes / 1000),
      ]),
    ),
  );
  const ratio = (these: Kind, those: Kind, key: keyof Start) =>
    ratioOf(
      all[these].map((start) => start[key]),
      all[those].map((start) => start[key]),
    );
  const ratios = {
    'built / keyturn': ratio('built', 'keyturn', 'firstTask'),
    'keyturn / minimal': ratio('keyturn', 'minimal', 'firstTask'),
    'code of the bundle, keyturn / minimal': ratio('keyturn', 'minimal', 'codeBytes'),
  };
  for (const [name, spread] of Object.entries(ratios)) bench.print(`${name}: ${shown(spread, 2)}`);
  return { ratios, starts: all };
}

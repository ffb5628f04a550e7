import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import { createActivities } from '../src/activities/index.ts';
import type { Bench } from './bench.ts';
import { shown, spreadOf, table, type Spread } from './figures.ts';
import { ManyAccounts, type Account } from './many-accounts.ts';
import { confirm, declare, pollers, rotateToGate, shutDown } from './rotations.ts';
import { startWorker, type WorkerProcess } from './start-worker.ts';
import type { Memory } from './worker-process.ts';

interface Level extends Memory {
  readonly waiting: number;
  /** What is left of its memory without garbage. */
  readonly live: number;
  /** Seconds until all of them, or those beside the ones of the line before, waited. */
  readonly brought: number;
  /** Milliseconds from sending a confirmation to its answer: of the gates that were opened first, and last. */
  readonly oldest: Spread;
  readonly newest: Spread;
}

const taskQueue = 'bench-waiting';
const confirmations = 9;
const startsAtOnce = 32;

/**
 * Part (c): memory of a worker while so many rotations wait at their gates, and how fast one of them is answered. They are
 * in-place rotations, which ask before they change anything. The process that is measured runs workflows alone: activities and
 * the fakes that they act upon would grow with the accounts.
 */
export async function measureWaiting(bench: Bench): Promise<object> {
  const spare = 2 * confirmations * bench.waiting.length;
  const many = new ManyAccounts('waiting', Math.max(...bench.waiting) + spare, 1, 'in-place');
  const activities = createActivities(many.world);
  const hands = await Worker.create({ connection: bench.connection, taskQueue, activities, ...pollers });
  const working = hands.run();
  const worker = startWorker({ address: bench.address, taskQueue, code: 'keyturn' });
  try {
    const { maxCachedWorkflows } = await worker.started;
    const levels: Level[] = [];
    const left = [...many.accounts];
    const open: WorkflowHandle[] = [];
    for (const waiting of bench.waiting) {
      const began = performance.now();
      await bring(bench, many, left.splice(0, waiting - open.length), open);
      const brought = (performance.now() - began) / 1000;
      bench.print(`${waiting} wait, after ${brought.toFixed(0)} s`);
      const memory = await settled(worker);
      const { rss: live } = await worker.live();
      const newest = await confirmAll(open.splice(-confirmations));
      levels.push({
        waiting,
        brought,
        ...memory,
        live,
        newest,
        oldest: await confirmAll(open.splice(0, confirmations)),
      });
    }
    return report(bench, levels, maxCachedWorkflows);
  } finally {
    await worker.stop();
    shutDown(hands);
    await working;
  }
}

async function bring(bench: Bench, many: ManyAccounts, accounts: Account[], open: WorkflowHandle[]): Promise<void> {
  const lane = async () => {
    for (let account = accounts.shift(); account; account = accounts.shift()) {
      await declare(bench, taskQueue, account);
      open.push(await rotateToGate(bench, taskQueue, many, account));
    }
  };
  await Promise.all(Array.from({ length: startsAtOnce }, lane));
}

/** The memory once it has stayed within two percent for five seconds, or after a minute. */
async function settled(worker: WorkerProcess): Promise<Memory> {
  let last = await worker.memory();
  for (let quiet = 0, round = 0; quiet < 5 && round < 60; round += 1) {
    await sleep(1_000);
    const now = await worker.memory();
    quiet = Math.abs(now.rss - last.rss) < 0.02 * last.rss ? quiet + 1 : 0;
    last = now;
  }
  return last;
}

/** One after the other. A run that left the cache is replayed before it answers. */
async function confirmAll(runs: readonly WorkflowHandle[]): Promise<Spread> {
  const times: number[] = [];
  for (const run of runs) {
    const began = performance.now();
    await confirm(run, 'interruption');
    times.push(performance.now() - began);
    await run.result();
  }
  return spreadOf(times);
}

function report(bench: Bench, levels: readonly Level[], maxCachedWorkflows: number): object {
  const first = levels[0]!;
  bench.print(
    table(
      [
        'waiting',
        'MB',
        `of that at ${first.waiting}`,
        'MB without garbage',
        `of that at ${first.waiting}`,
        'workflows cached',
        'ms to confirm a new one',
        'an old one',
        's to get there',
      ],
      levels.map(({ waiting, brought, rss, live, cached, oldest, newest }) => [
        waiting,
        Math.round(rss / 1e6),
        (rss / first.rss).toFixed(2),
        Math.round(live / 1e6),
        (live / first.live).toFixed(2),
        cached,
        shown(newest, 0),
        shown(oldest, 0),
        brought.toFixed(0),
      ]),
    ),
  );
  bench.print(
    `the worker caches up to ${maxCachedWorkflows} workflows; aim: memory at 10,000 within 1.2 of that at 100`,
  );
  return { levels, maxCachedWorkflows };
}

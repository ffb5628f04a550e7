import { Worker } from '@temporalio/worker';
import { createActivities } from '../src/activities/index.ts';
import type { ActivityWorld } from '../src/activities/world.ts';
import { bundleOf, type Bench } from './bench.ts';
import { spreadOf, shown, table, type Spread } from './figures.ts';
import { historySize, type HistorySize } from './history.ts';
import { ManyAccounts } from './many-accounts.ts';
import { confirm, declare, rotateToGate } from './rotations.ts';

interface Row extends HistorySize {
  readonly consumers: number;
  readonly milliseconds: Spread;
  /** What one rotation adds to the history of its identity's lifecycle. */
  readonly record: { readonly events: number; readonly actions: number };
  /** How often its writes ask the lifecycle who holds it: a query each, and so an action. */
  readonly queries: number;
}

interface Asked {
  times: number;
}

const rounds = 5;

/** Part (b): what one rotation leaves in its history, by the number of its consumers. */
export async function measureHistory(bench: Bench): Promise<{ rows: Row[]; base: number; perConsumer: number }> {
  const workflowBundle = await bundleOf('keyturn');
  const rows: Row[] = [];
  for (const consumers of [1, 5, 50]) {
    const many = new ManyAccounts(`history${consumers}-`, rounds, consumers);
    const taskQueue = `bench-history-${consumers}`;
    const asked: Asked = { times: 0 };
    const activities = createActivities(counting(many.world, asked));
    const worker = await Worker.create({ connection: bench.connection, taskQueue, workflowBundle, activities });
    rows.push({ consumers, ...(await worker.runUntil(() => measureOne(bench, taskQueue, many, asked))) });
  }
  const [one, most] = [rows[0]!, rows.at(-1)!];
  const perConsumer = (most.events - one.events) / (most.consumers - one.consumers);
  const base = one.events - perConsumer * one.consumers;
  bench.print(
    table(
      ['consumers', 'events', 'bytes', 'workflow tasks', 'activities', 'local', 'ms, median (quartiles)'],
      rows.map((row) => [
        row.consumers,
        row.events,
        row.bytes,
        row.workflowTasks,
        row.activities,
        row.localActivities,
        shown(row.milliseconds, 0),
      ]),
    ),
  );
  bench.print(
    table(
      ['consumers', 'billable actions', 'of its own', 'of the record', 'queries of the hold'],
      rows.map(({ consumers, actions, record, queries }) => [
        consumers,
        actions + record.actions + queries,
        actions,
        record.actions,
        queries,
      ]),
    ),
  );
  bench.print(`events: ${base.toFixed(0)} + ${perConsumer.toFixed(1)} per consumer (aim: 60 + 9)`);
  return { rows, base, perConsumer };
}

async function measureOne(
  bench: Bench,
  taskQueue: string,
  many: ManyAccounts,
  asked: Asked,
): Promise<Omit<Row, 'consumers'>> {
  const times: number[] = [];
  const all: Omit<Row, 'consumers' | 'milliseconds'>[] = [];
  for (const account of many.accounts) {
    await declare(bench, taskQueue, account);
    const lifecycle = bench.client.workflow.getHandle(`identity/${account.id}`);
    const [before, began] = [await historySize(lifecycle), performance.now()];
    asked.times = 0;
    const run = await rotateToGate(bench, taskQueue, many, account);
    await confirm(run);
    await run.result();
    times.push(performance.now() - began);
    const after = await historySize(lifecycle);
    const record = { events: after.events - before.events, actions: after.actions - before.actions };
    all.push({ ...(await historySize(run)), record, queries: asked.times });
  }
  return { ...all.at(-1)!, milliseconds: spreadOf(times) };
}

/** The same world, which counts how often it is asked who holds an identity. */
function counting(world: ActivityWorld, asked: Asked): ActivityWorld {
  const holderOf = (identity: string) => {
    asked.times += 1;
    return world.lifecycles.holderOf(identity);
  };
  return { ...world, lifecycles: { ...world.lifecycles, holderOf } };
}

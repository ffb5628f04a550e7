import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from '@temporalio/worker';
import { createActivities } from '../src/activities/index.ts';
import type { ActivityWorld } from '../src/activities/world.ts';
import { observed } from '../test/faults/observed.ts';
import { MemoryConsumer } from '../test/fakes/memory-consumer.ts';
import { MemoryCredentials } from '../test/fakes/memory-credentials.ts';
import { bundleOf, type Bench } from './bench.ts';
import { timesOf } from './contained-times.ts';
import { shown, spreadOf, table, type Spread } from './figures.ts';
import { ManyAccounts } from './many-accounts.ts';
import { confirm, declare, pollers, rotateToGate, shutDown } from './rotations.ts';

/** One way to measure: so many credentials, and so many rotations beside. */
interface Case {
  readonly credentials: number;
  readonly beside: number;
  /** Before everything else that waits, as the client starts a containment, or like anything. */
  readonly urgent: boolean;
}

interface Measured extends Case {
  /** Milliseconds from the start of the run, as its history says, until the last credential was disabled, and revoked. */
  readonly disabled: Spread;
  readonly revoked: Spread;
}

const taskQueue = 'bench-contain';
/** How long the provider takes for any call, in milliseconds. */
const slow = 200;
const rounds = 3;
const rotations = 50;
const cases: readonly Case[] = [
  { credentials: 1, beside: 0, urgent: true },
  { credentials: 20, beside: 0, urgent: true },
  { credentials: 20, beside: rotations, urgent: true },
  { credentials: 20, beside: rotations, urgent: false },
];

/**
 * Part (f): the time to contain an identity whose provider needs 200 ms for every call, with one credential and with twenty, on a
 * worker that does nothing else and on one that carries 500 rotations. Beside it stands one round of the engine: a workflow's
 * command to an activity that does nothing.
 */
export async function measureContain(bench: Bench): Promise<object> {
  const many = new ManyAccounts('beside', rotations, 1);
  const systems = new Map<string, MemoryCredentials>();
  const activities = createActivities(slowed(many.world, systems));
  const workflowBundle = await bundleOf('keyturn');
  const worker = await Worker.create({
    ...pollers,
    connection: bench.connection,
    taskQueue,
    workflowBundle,
    activities,
    maxConcurrentActivityTaskExecutions: 100,
  });
  const working = worker.run();
  try {
    for (const account of many.accounts) await declare(bench, taskQueue, account);
    const measured: Measured[] = [];
    for (const each of cases) measured.push(await measure(bench, many, systems, each));
    return report(bench, measured);
  } finally {
    shutDown(worker);
    await working;
  }
}

/** The accounts of the rotations as they are, and those that are contained behind a slow provider. */
function slowed(world: ActivityWorld, systems: Map<string, MemoryCredentials>): ActivityWorld {
  const credentials: ActivityWorld['credentials'] = new Proxy(world.credentials, {
    get: (map, key) =>
      key === 'get' ? (id: string) => portOf(systems.get(id)) ?? map.get(id) : Reflect.get(map, key, map),
  });
  const consumers: ActivityWorld['consumers'] = new Proxy(world.consumers, {
    get: (map, key) =>
      key === 'get'
        ? (id: string) => (systems.has(id) ? new MemoryConsumer(systems.get(id)!).port() : map.get(id))
        : Reflect.get(map, key, map),
  });
  return { ...world, credentials, consumers };
}

function portOf(system: MemoryCredentials | undefined) {
  return system && observed(system.port(), 'system', (_call, act) => sleep(slow).then(act));
}

async function measure(
  bench: Bench,
  many: ManyAccounts,
  systems: Map<string, MemoryCredentials>,
  each: Case,
): Promise<Measured> {
  const ids: string[] = [];
  for (let round = 0; round < rounds; round += 1) ids.push(await prepare(bench, many, systems, each));
  const load = each.beside > 0 ? keepRotating(bench, many) : undefined;
  // The queue is as full as it gets before the first one begins.
  if (load) await sleep(5_000);
  const times: { disabled: number; revoked: number }[] = [];
  for (const id of ids) times.push(await containOnce(bench, id, each));
  await load?.stop();
  bench.print(`${each.credentials} credentials beside ${each.beside} rotations${each.urgent ? ', urgent' : ''}: done`);
  return {
    ...each,
    disabled: spreadOf(times.map(({ disabled }) => disabled)),
    revoked: spreadOf(times.map(({ revoked }) => revoked)),
  };
}

/** Keeps so many rotations going that the worker always has more to do than it can. */
function keepRotating(bench: Bench, many: ManyAccounts): { stop(): Promise<void> } {
  let over = false;
  const next = [...many.accounts];
  const lane = async () => {
    while (!over) {
      const account = next.shift()!;
      const run = await rotateToGate(bench, taskQueue, many, account);
      await confirm(run);
      await run.result();
      next.push(account);
    }
  };
  const going = Promise.all(Array.from({ length: rotations }, lane));
  return {
    async stop() {
      over = true;
      await going;
    },
  };
}

async function prepare(
  bench: Bench,
  many: ManyAccounts,
  systems: Map<string, MemoryCredentials>,
  { credentials }: Case,
): Promise<string> {
  const id = `contained-${crypto.randomUUID()}`;
  const system = new MemoryCredentials(id, 'overlap');
  for (let at = 0; at < credentials; at += 1) system.add(`KEY${at}`, `a secret of ${at}`);
  systems.set(id, system);
  many.put(`apps/${id}`, 'a secret of 0');
  await declare(bench, taskQueue, { id, consumers: [id], declared: declared(id), first: undefined as never });
  return id;
}

async function containOnce(bench: Bench, id: string, { urgent }: Case): Promise<{ disabled: number; revoked: number }> {
  const run = await bench.client.workflow.start('containCompromise', {
    taskQueue,
    workflowId: `contain/${id}/1`,
    args: [{ identity: id, reason: 'a measurement', requestedBy: 'bench', severity: 'critical' }],
    ...(urgent ? { priority: { priorityKey: 1 } } : {}),
  });
  await run.result();
  return timesOf(run);
}

function declared(id: string): Record<string, unknown> {
  const gate = { approvers: ['dana@example.com'], proof: 'none' };
  return {
    id,
    kind: 'api-key',
    owner: 'dana@example.com',
    credential: { connection: id, account: id, adopt: { id: 'KEY0', secret: `apps/${id}` } },
    consumers: [{ id: 'c', connection: id }],
    containment: { unattended: ['critical'] },
    gates: { retirement: gate, intervention: gate },
  };
}

function report(bench: Bench, measured: readonly Measured[]): object {
  const idle = measured[1]!;
  bench.print(
    table(
      ['credentials', 'rotations beside', 'urgent', 'ms until disabled', 'of one call', 'of idle', 'ms until revoked'],
      measured.map(({ credentials, beside, urgent, disabled, revoked }) => [
        credentials,
        beside,
        urgent ? 'yes' : 'no',
        shown(disabled, 0),
        (disabled.median / slow).toFixed(2),
        (disabled.median / idle.disabled.median).toFixed(2),
        shown(revoked, 0),
      ]),
    ),
  );
  bench.print(
    `every call of the provider takes ${slow} ms; aims: 1.5 of one call and one round of the engine, 2 of idle`,
  );
  return { slow, measured };
}

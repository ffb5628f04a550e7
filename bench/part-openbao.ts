import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { applyManifest } from '../src/dev/apply-manifest.ts';
import { openPlayground, type Playground } from '../src/dev/playground.ts';
import type { Bench } from './bench.ts';
import { ratioOf, shown, spreadOf, table } from './figures.ts';
import { historySize, type HistorySize } from './history.ts';
import { openStaticRole, type StaticRole } from './openbao-database.ts';

/** One rotation of ours, and what it says of itself. */
interface Proven {
  readonly wall: number;
  /** Milliseconds of it that its two timers took. */
  readonly waited: number;
  readonly size: HistorySize;
  readonly seen: number;
  readonly approvals: number;
  readonly because: string;
}

const rounds = 9;
const identity = 'orders-db';
const approver = 'dana@example.com';
/** How often the gate is looked for, in milliseconds: what the bench adds to our figure at most. */
const look = 20;

/**
 * Part (d): OpenBao's own rotation of a database role beside ours on the same PostgreSQL, in turns, by a real worker with a real
 * store and a workload that answers. It has a Temporal server of its own, the playground's, with the codec on.
 */
export async function measureOpenBao(bench: Bench): Promise<object> {
  const place = await openPlayground(() => {});
  const connection = await Connection.connect({ address: place.backends.temporal.address });
  const temporal = new Client({ connection });
  try {
    await applyManifest(await impatient(place), place.env, () => {});
    const role = await openStaticRole(place.backends.openbao, place.backends.postgres);
    const theirs: number[] = [];
    const ours: Proven[] = [];
    // The first of each is not counted: it adopts what Keyturn did not make, and opens connections.
    for (let round = -1; round < rounds; round += 1) {
      const [unproven, proven] = [await rotateStatic(role), await rotateProven(place, temporal)];
      if (round < 0) continue;
      theirs.push(unproven);
      ours.push(proven);
    }
    return report(bench, theirs, ours);
  } finally {
    await connection.close();
    await place.stop();
  }
}

/** The demo's manifest with the two waits of a rotation as short as they can be. */
async function impatient({ manifestPath, backends }: Playground): Promise<string> {
  const manifest = await readFile(manifestPath, 'utf8');
  const path = join(backends.folder, 'impatient.yaml');
  await writeFile(path, manifest.replaceAll(/(quiet|observe): 2s/g, '$1: 1ms'));
  return path;
}

/** Milliseconds of the call alone. That it did what it says is looked at here and afterwards, since OpenBao does not look. */
async function rotateStatic(role: StaticRole): Promise<number> {
  const before = await role.password();
  const began = performance.now();
  await role.rotate();
  const wall = performance.now() - began;
  if ((await role.accepts(before)) || !(await role.accepts(await role.password())))
    throw new Error('OpenBao did not change the password');
  return wall;
}

async function rotateProven({ client }: Playground, temporal: Client): Promise<Proven> {
  const began = performance.now();
  const { workflowId } = await client.rotate({ identity, reason: 'a measurement', requestedBy: 'bench' });
  await approve(client, workflowId);
  const { result, because } = await client.result(workflowId);
  const wall = performance.now() - began;
  if (result !== 'completed') throw new Error(`a rotation ended as ${result}: ${because}`);
  const { steps, gates } = await client.status(workflowId);
  const size = await historySize(temporal.workflow.getHandle(workflowId));
  const seen = steps.filter(({ step, state }) => step === 'verify' && state === 'done').length;
  return { wall, waited: size.waited, size, seen, approvals: gates.flatMap(({ given }) => given).length, because };
}

async function approve(client: Playground['client'], workflowId: string): Promise<void> {
  for (;;) {
    const [open] = await client.gatesOf(workflowId);
    if (!open) {
      await sleep(look);
      continue;
    }
    const { id: gate, plan } = open.gate;
    const { outcome, because } = await client.confirm(workflowId, { gate, plan, decision: 'approve', approver });
    if (outcome !== 'accepted') throw new Error(`the decision was not taken: ${because}`);
    return;
  }
}

function report(bench: Bench, theirs: readonly number[], ours: readonly Proven[]): object {
  const wall = ours.map((each) => each.wall);
  const worked = ours.map((each) => each.wall - each.waited);
  const { size, seen, approvals, because } = ours.at(-1)!;
  bench.print(
    table(
      ['', 'openbao rotate-role', 'keyturn'],
      [
        ['ms', shown(spreadOf(theirs)), shown(spreadOf(wall), 0)],
        ['of it without timers', shown(spreadOf(theirs)), shown(spreadOf(worked), 0)],
        ['the password was changed', 'yes', 'yes'],
        ['a consumer was seen on the new one', 'no', `yes, ${seen} times`],
        ['a person approved', 'no', `yes, ${approvals} (who it was is a claim)`],
        ['the old one was shown to be refused', 'no', `yes: ${because.split(': ').at(-1)}`],
        ['history', 'none', `${size.events} events`],
        ['so it is', 'UNPROVEN', 'PROVEN'],
      ],
    ),
  );
  const ratios = { wall: ratioOf(wall, theirs), worked: ratioOf(worked, theirs) };
  bench.print(
    `keyturn / openbao, ${rounds} pairs: ${shown(ratios.wall, 0)}, without timers ${shown(ratios.worked, 0)}\n` +
      `quiet and observe are 1 ms each; the person takes at most ${look} ms and is in the figure`,
  );
  return { ratios, theirs, ours };
}

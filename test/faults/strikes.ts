import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import type { OperationOutcome } from '../../src/contract/messages.ts';
import type { Playground } from '../../src/dev/playground.ts';
import { attributeKeys } from '../../src/workflows/runbook/attributes.ts';
import { commandUnderWay } from './command-under-way.ts';

const owner = 'dana@example.com';

export interface Struck {
  readonly outcome: OperationOutcome;
  /** Every kind of command that the run gave. */
  readonly commands: ReadonlySet<string>;
}

/**
 * Rotates one identity, and strikes once in each kind of command, as soon as the server says that it runs, and once at the gate,
 * which is then answered with yes. `struck` remembers between rotations: a command that was over too soon is hit the next time.
 */
export async function rotateUnderStrikes(
  { client, backends }: Playground,
  identity: string,
  struck: Set<string>,
  strike: () => Promise<void>,
): Promise<Struck> {
  const connection = await Connection.connect({ address: backends.temporal.address });
  const { workflowId } = await client.rotate({ identity, reason: 'a test', requestedBy: 'test@example.com' });
  const run = new Client({ connection }).workflow.getHandle(workflowId);
  try {
    for (const deadline = Date.now() + 400_000; Date.now() < deadline; await sleep(2)) {
      const now = await current(run);
      if (now === 'ended') return { outcome: await client.result(workflowId), commands: await commandsOf(run) };
      if (now !== undefined && !struck.has(now)) {
        struck.add(now);
        await strike();
      } else if (now === 'gate') await approve(client, workflowId);
    }
    throw new Error(`it does not end: ${JSON.stringify(await client.status(workflowId))}`);
  } finally {
    await connection.close();
  }
}

/** Asked of the server, which answers also while there is no worker. Undefined while it does not, and between two commands. */
async function current(run: WorkflowHandle): Promise<string | undefined> {
  const seen = await run.describe().catch(() => undefined);
  if (!seen) return undefined;
  if (seen.status.name !== 'RUNNING') return 'ended';
  const running = commandUnderWay(seen);
  if (running) return running.name;
  return seen.typedSearchAttributes.get(attributeKeys.stage) === 'awaiting-confirmation' ? 'gate' : undefined;
}

async function approve(client: Playground['client'], workflowId: string): Promise<void> {
  const { gates } = await client.status(workflowId).catch(() => ({ gates: [] }));
  const gate = gates.find(({ id, state }) => state === 'open' && !/^(waive|roll-back)-/.test(id));
  if (gate) await client.confirm(workflowId, { gate: gate.id, decision: 'approve', approver: owner }).catch(() => {});
}

async function commandsOf(run: WorkflowHandle): Promise<ReadonlySet<string>> {
  const { events } = await run.fetchHistory();
  const names = (events ?? []).map((event) => event.activityTaskScheduledEventAttributes?.activityType?.name);
  return new Set(names.filter((name) => typeof name === 'string'));
}

import type { Client } from '@temporalio/client';
import type { OperationOutcome } from '../../src/contract/messages.ts';
import type { Child } from '../../src/dev/child.ts';
import type { Playground } from '../../src/dev/playground.ts';
import { approveUntilEnd } from '../system/approve-until-end.ts';
import { commandUnderWay, type CommandUnderWay } from './command-under-way.ts';
import { readShards, type Shard } from './history-shards.ts';
import type { HistoryNode, TemporalCluster } from './temporal-cluster.ts';

/** What was so right before the blow, and what became of the rotations. */
export interface Struck {
  /** The rotation whose command was cut off. */
  readonly cutOff: string;
  readonly node: HistoryNode;
  readonly worker: number;
  readonly shards: readonly Shard[];
  /** By workflow id. */
  readonly underWay: ReadonlyMap<string, CommandUnderWay>;
  readonly rotations: readonly Rotated[];
}

export interface Rotated {
  readonly identity: string;
  readonly workflowId: string;
  readonly outcome: OperationOutcome;
}

type Place = Playground<TemporalCluster>;

/**
 * Rotates an access key and these identities at once. When AWS has made the key, nobody has its secret yet, and a command of
 * another rotation is under way too, it kills the history node that holds the key's run and the worker that waits for the key.
 * Neither comes back. Then it approves at every gate until all have ended.
 */
export async function strikeCluster(
  place: Place,
  temporal: Client,
  workers: readonly Child[],
  others: readonly string[],
): Promise<Struck> {
  const made = place.awsReplies.arm(/Action=CreateAccessKey/);
  const first = await rotate(place, 'backup-key');
  await made;
  const started = [first, ...(await Promise.all(others.map((identity) => rotate(place, identity))))];
  const cutOff = first.workflowId;
  const underWay = await untilTwoAtOnce(temporal, started);
  const shards = await readShards(place.backends.temporal.postgres);
  const owner = shards.find(({ runs }) => runs.includes(cutOff))?.owner;
  const node = place.backends.temporal.history.find(({ at }) => at === owner);
  const worker = workers.find(({ pid }) => pid === underWay.get(cutOff)?.worker);
  if (!node || !worker) throw new Error(`no node and worker of ours hold ${cutOff}`);
  node.kill();
  await worker.kill();
  const rotations = await Promise.all(
    started.map(async (run) => ({ ...run, outcome: await approveUntilEnd(place.client, run.workflowId) })),
  );
  return { cutOff, node, worker: worker.pid, shards, underWay, rotations };
}

async function rotate({ client }: Place, identity: string) {
  const { workflowId } = await client.rotate({ identity, reason: 'a test', requestedBy: 'rob@example.com' });
  return { identity, workflowId };
}

/** Asks until a command of the first run and one of another are carried out at the same moment. */
async function untilTwoAtOnce(
  temporal: Client,
  runs: readonly { readonly workflowId: string }[],
): Promise<ReadonlyMap<string, CommandUnderWay>> {
  for (const deadline = Date.now() + 30_000; Date.now() < deadline;) {
    const seen = await Promise.all(runs.map(({ workflowId }) => temporal.workflow.getHandle(workflowId).describe()));
    const found = seen.flatMap((run) => {
      const command = commandUnderWay(run);
      return command ? [[run.workflowId, command] as const] : [];
    });
    if (found.length > 1 && found[0]?.[0] === runs[0]?.workflowId) return new Map(found);
  }
  throw new Error('no two commands were under way at once');
}

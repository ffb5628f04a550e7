import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { applyManifest } from '../../src/dev/apply-manifest.ts';
import { openPlayground, type Playground } from '../../src/dev/playground.ts';
import { openGate } from '../system/open-gate.ts';

let place: Playground;
before(async () => {
  place = await openPlayground(() => {});
  await applyManifest(place.manifestPath, place.env, () => {});
});
after(() => place?.stop());

const request = { reason: 'a test', requestedBy: 'rob@example.com' };

test('a worker told to stop in the midst of a command ends it, takes nothing new and exits 0; another one goes on', async () => {
  const answered = place.awsReplies.hold(/Action=CreateAccessKey/);
  const { workflowId } = await place.client.rotate({ ...request, identity: 'backup-key' });
  const release = await answered;
  const { pid, stop } = place.worker();
  const stopping = stop();
  await sleep(1_000);
  const later = await place.client.rotate({ ...request, identity: 'orders-db', dryRun: true });
  await sleep(2_000);
  assert.equal(await Promise.race([stopping, Promise.resolve('at work')]), 'at work');
  release();
  assert.equal(await stopping, 0);
  assert.deepEqual(await takenBy(later.workflowId), [], 'nobody has taken the new operation');

  await place.startWorker();
  assert.equal((await place.client.result(later.workflowId)).result, 'planned');
  await openGate(place.client, workflowId);
  const taken = await takenBy(workflowId);
  const made = taken.findIndex(({ task }) => task === 'issueCredential');
  assert.equal(taken[made]?.attempt, 1, 'the command that was under way was given once');
  const byWhom = [taken.slice(0, made + 1), taken.slice(made + 1)].map((tasks) => [
    ...new Set(tasks.map(({ worker }) => worker)),
  ]);
  assert.deepEqual(byWhom, [[pid], [place.worker().pid]]);
});

interface Taken {
  readonly task: string;
  readonly worker: number;
  readonly attempt: number;
}

/** Which worker process took each task of a run, in the order in which they were taken. */
async function takenBy(workflowId: string): Promise<Taken[]> {
  const connection = await Connection.connect({ address: place.backends.temporal.address });
  const { events } = await new Client({ connection }).workflow.getHandle(workflowId).fetchHistory();
  await connection.close();
  const scheduled = new Map(
    events?.map((event) => [event.eventId?.toNumber(), event.activityTaskScheduledEventAttributes?.activityType?.name]),
  );
  return (events ?? []).flatMap(
    ({ workflowTaskStartedEventAttributes: turn, activityTaskStartedEventAttributes: act }) => {
      const { identity } = turn ?? act ?? {};
      if (!identity) return [];
      const task = act ? (scheduled.get(act.scheduledEventId?.toNumber()) ?? '') : 'workflow task';
      return [{ task, worker: Number(/\d+/.exec(identity)?.[0]), attempt: act?.attempt ?? 1 }];
    },
  );
}

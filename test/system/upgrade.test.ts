import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { applyManifest } from '../../src/dev/apply-manifest.ts';
import type { Child } from '../../src/dev/child.ts';
import { openPlayground, type Playground } from '../../src/dev/playground.ts';
import { ChangedSources, type Change } from '../changed-sources.ts';
import { sameVersion, startWorkerOf } from './changed-worker.ts';
import { openGate } from './open-gate.ts';

/** Another procedure: it could not replay a run that began without the new step. */
const longer: Change = {
  file: 'workflows/rotate-credential.ts',
  find: '      await stayQuiet(run, plan);',
  replace: "      await run.orders.wait(1, 'a step of the new version');\n      await stayQuiet(run, plan);",
};
/** A mend in an activity: the workflow code is the same. */
const mended: Change = {
  file: 'activities/proofs.ts',
  find: '${refused.because}, while the new one is accepted',
  replace: '${refused.because}, while the new one is accepted (mended)',
};

describe('I11, F13: a run that waits at a gate outlives the worker version on which it began', () => {
  let place: Playground;
  const others: Child[] = [];
  const versions: ChangedSources[] = [];
  before(async () => {
    place = await openPlayground(() => {});
    await applyManifest(place.manifestPath, place.env, () => {});
  });
  afterEach(async () => {
    for (const child of others.splice(0)) await child.stop();
    for (const version of versions.splice(0)) await version.remove();
  });
  after(() => place?.stop());

  test('a new version beside it: what waits ends on the old one, what begins runs on the new one; and back again', async () => {
    const waits = await untilGate(place, 'orders-db');
    const next = await ChangedSources.make(longer);
    versions.push(next);
    const old = await buildOfNextOperation(place);
    others.push(await startWorkerOf(next.folder, place, true));
    await until(async () => (await buildOfNextOperation(place)) !== old);
    const later = await untilGate(place, 'ci-approle');
    assert.equal(await isOnNewVersion(place, waits), false);
    assert.equal(await isOnNewVersion(place, later), true);

    await approve(place, waits);
    assert.equal((await place.client.result(waits)).result, 'completed');
    assert.equal(await isOnNewVersion(place, waits), false, 'it ended as it began');

    // Rolled back: the old version takes new operations again, and what began on the new one ends there.
    others.push(await startWorkerOf(sameVersion, place, true));
    await until(async () => (await buildOfNextOperation(place)) === old);
    const afterwards = await untilGate(place, 'orders-db');
    assert.equal(await isOnNewVersion(place, afterwards), false);
    for (const run of [later, afterwards]) {
      await approve(place, run);
      assert.equal((await place.client.result(run)).result, 'completed');
    }
    assert.equal(await isOnNewVersion(place, later), true);
    const { state, current } = await place.client.record('ci-approle');
    assert.deepEqual([state, current?.ref.connection], ['active', 'ci'], 'lifecycles went along, there and back');
  });

  test('a mend outside of the workflow code is the same build, and reaches what waits', async () => {
    const waits = await untilGate(place, 'orders-db');
    const next = await ChangedSources.make(mended);
    versions.push(next);
    await place.worker().stop();
    others.push(await startWorkerOf(next.folder, place, false));
    await approve(place, waits);
    const { result, because } = await place.client.result(waits);
    assert.equal(result, 'completed');
    assert.match(because, /\(mended\)/);
  });
});

async function untilGate({ client }: Playground, identity: string): Promise<string> {
  const { workflowId } = await client.rotate({ identity, reason: 'a test', requestedBy: 'test@example.com' });
  assert.equal((await openGate(client, workflowId)).id, 'retirement');
  return workflowId;
}

/** The server has its parts hear of a promotion one after the other, within some moments. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 60_000; !(await isSo()); await sleep(500))
    assert.ok(Date.now() < deadline, 'new operations still start on the other build');
}

/** Plans, which changes nothing, and says on which build that was. */
async function buildOfNextOperation({ client, backends }: Playground): Promise<string | null | undefined> {
  const request = { identity: 'backup-key', reason: 'a test', requestedBy: 'test@example.com', dryRun: true };
  const { workflowId } = await client.rotate(request);
  await client.result(workflowId);
  const connection = await Connection.connect({ address: backends.temporal.address });
  const { raw } = await new Client({ connection }).workflow.getHandle(workflowId).describe();
  await connection.close();
  return raw.workflowExecutionInfo?.versioningInfo?.deploymentVersion?.buildId;
}

async function approve({ client }: Playground, workflowId: string): Promise<void> {
  await client.confirm(workflowId, { gate: 'retirement', decision: 'approve', approver: 'dana@example.com' });
}

/** Whether its history has the timer that only the new version starts. */
async function isOnNewVersion({ backends }: Playground, workflowId: string): Promise<boolean> {
  const connection = await Connection.connect({ address: backends.temporal.address });
  const { events } = await new Client({ connection }).workflow.getHandle(workflowId).fetchHistory();
  await connection.close();
  const firstTimer = events?.find(({ timerStartedEventAttributes }) => timerStartedEventAttributes);
  return Number(firstTimer?.timerStartedEventAttributes?.startToFireTimeout?.nanos) === 1_000_000;
}

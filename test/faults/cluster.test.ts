import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { applyManifest } from '../../src/dev/apply-manifest.ts';
import { isListening } from '../../src/dev/backends/is-listening.ts';
import { openPlaygroundOn, type Playground } from '../../src/dev/playground.ts';
import { trialPrograms } from '../system/trial-programs.ts';
import { strikeCluster, type Struck } from './cluster-strike.ts';
import { readShards } from './history-shards.ts';
import { liveCredentials } from './live-credentials.ts';
import { currentSecret, recoverable } from './store-contents.ts';
import { startTemporalCluster, type TemporalCluster } from './temporal-cluster.ts';
import { tryCredential } from './try-credential.ts';

const programs = await trialPrograms(process.env);
const skip = typeof programs === 'string' && programs;

/** How each system refuses a credential that is no longer one. */
const refusals: Readonly<Record<string, RegExp>> = {
  'backup-key': /^InvalidClientTokenId$/,
  'orders-db': /^(28P01|28000)$/,
  'reports-db': /^28P01$/,
  'ci-approle': /^400$/,
};
const identities = Object.keys(refusals);

describe('Temporal as five processes on PostgreSQL: a history node and one of three workers die', { skip }, () => {
  let cluster: TemporalCluster;
  let place: Playground<TemporalCluster>;
  let connection: Connection;
  let temporal: Client;
  let struck: Struck;

  before(async () => {
    assert.ok(typeof programs !== 'string');
    cluster = await startTemporalCluster(programs);
    place = await openPlaygroundOn(cluster, () => {});
    connection = await Connection.connect({ address: cluster.address });
    temporal = new Client({ connection });
    const workers = [place.worker()];
    for (const _ of ['second', 'third']) {
      await place.startWorker();
      workers.push(place.worker());
    }
    await applyManifest(place.manifestPath, place.env, () => {});
    for (const identity of identities)
      assert.equal(await tryCredential(place.backends, identity, old(identity)), 'accepted', identity);
    struck = await strikeCluster(place, temporal, workers, identities.slice(1));
  });
  after(async () => {
    await connection?.close();
    await place?.stop();
    await cluster?.stop();
  });

  test('both nodes held shards, and the one that died held a run whose command the dead worker carried out', () => {
    assert.deepEqual(owners(struck.shards), new Set(cluster.history.map(({ at }) => at)));
    const held = struck.shards.filter(({ owner }) => owner === struck.node.at).flatMap(({ runs }) => runs);
    assert.ok(held.includes(struck.cutOff), held.join(', '));
    assert.deepEqual(struck.underWay.get(struck.cutOff), { name: 'issueCredential', worker: struck.worker });
    assert.ok(struck.underWay.size >= 2, 'a command of another rotation was under way too');
  });

  test('the dead node stays dead, and the other one has taken each shard in which something runs', async () => {
    await assert.rejects(isListening(Number(struck.node.at.split(':')[1])));
    const inUse = (await readShards(cluster.postgres)).filter(({ runs }) => runs.length > 0);
    const survivors = cluster.history.map(({ at }) => at).filter((at) => at !== struck.node.at);
    assert.deepEqual(owners(inUse), new Set(survivors));
  });

  test('every rotation completes, and the record of each lifecycle names the new credential', async () => {
    assert.deepEqual(struck.rotations.map(({ identity }) => identity).toSorted(), identities.toSorted());
    for (const { identity, outcome } of struck.rotations) {
      assert.equal(outcome.result, 'completed', `${identity}: ${outcome.because}`);
      const { current, hold } = await place.client.record(identity);
      assert.equal(current?.secret.fingerprint, outcome.to, identity);
      assert.notEqual(outcome.to, outcome.from, identity);
      assert.equal(hold, undefined, identity);
    }
  });

  for (const identity of identities)
    test(`I1, I2, I5, I10: ${identity}: the old one is refused, the new one accepted, and no other is left`, async () => {
      const { current } = await place.client.record(identity);
      const id = current?.ref.id.split('.')[0] ?? '';
      assert.match(await tryCredential(place.backends, identity, old(identity)), refusals[identity]!);
      const secret = await currentSecret(place, identity);
      assert.equal(await tryCredential(place.backends, identity, { id, secret }), 'accepted');
      assert.deepEqual(await liveCredentials(place.backends, identity), [id]);
      assert.equal(await recoverable(place.backends.openbao, identity), 1, 'one secret of ours in the store');
    });

  test('I6: each operation did each step once; only looking was done again', async () => {
    for (const { workflowId } of struck.rotations) {
      const journal = await place.client.journal(workflowId);
      const done = journal.filter(({ verdict, command }) => verdict === 'yes' && command !== 'verify');
      const names = done.map(({ command, object }) => `${command} ${object}`);
      assert.deepEqual(names, [...new Set(names)], workflowId);
      const failed = journal.filter(({ verdict }) => verdict === 'failed').map(({ command }) => command);
      assert.deepEqual(failed, workflowId === struck.cutOff ? ['create'] : [], workflowId);
    }
  });

  test('no run is left open but the lifecycles', async () => {
    const expected = identities.map((identity) => `identity/${identity}`).toSorted();
    let open: string[] = [];
    // What is listed is written after what has happened.
    for (let round = 0; round < 50 && open.join() !== expected.join(); round += 1) {
      await sleep(200);
      open = [];
      for await (const { workflowId } of temporal.workflow.list({ query: "ExecutionStatus = 'Running'" }))
        open.push(workflowId);
      open = open.toSorted();
    }
    assert.deepEqual(open, expected);
  });

  function old(identity: string): { id: string; secret: string } {
    const { orders, reports, backup, ci } = place.before;
    if (identity === 'orders-db') return { id: 'orders_a', secret: orders };
    if (identity === 'reports-db') return { id: 'reports', secret: reports };
    return identity === 'backup-key' ? backup : ci;
  }
});

function owners(shards: Struck['shards']): Set<string | undefined> {
  return new Set(shards.map(({ owner }) => owner));
}

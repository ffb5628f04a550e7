import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApplicationFailure } from '@temporalio/common';
import type { CredentialPort } from '../../src/contract/credentials.ts';
import { KeyturnError } from '../../src/contract/errors.ts';
import { serve } from '../fakes/serve.ts';
import { Harness } from './harness.ts';
import { endAfter, endAtRest } from './end-after.ts';
import { Interruptions } from './interruptions.ts';
import { MemoryWorld } from './memory-world.ts';

const harness = new Harness();
const soon = { quiet: '1s', observe: '1s' };

test('F8, I9: a leftover that no longer works does not stop every later rotation', async () => {
  const world = new MemoryWorld('alternate');
  const strike = new Interruptions();
  await harness.run(
    world,
    async (stage) => {
      await endAfter('readLastUse', stage, strike);
      const leftover = world.system.credentials.findIndex(({ id }) => id === 'orders_b');
      world.system.credentials.splice(leftover, 1);
      const next = await stage.rotate();
      await stage.approve(next, 'retirement');
      assert.equal((await next.result()).result, 'completed');
      serve(world);
      const { current } = await stage.record();
      const kept = ['apps/orders', current?.secret.ref.path];
      assert.deepEqual([...world.store.secrets.keys()], kept, 'I5: the secret of the dead one is not left over');
    },
    { declare: soon, wrap: strike.wrap },
  );
});

test('F8: a run that was ended after it destroyed the old secret leaves nothing that only a waiver can end', async () => {
  const strike = new Interruptions();
  await harness.run(
    new MemoryWorld('alternate'),
    async (stage) => {
      const first = await stage.rotate();
      await stage.approve(first, 'retirement');
      await first.result();
      await endAfter('destroySecret', stage, strike);
      const next = await stage.rotate();
      await stage.approve(next, 'retirement');
      await stage.env.sleep('1h');
      const { gates, outcome } = await stage.status(next);
      const open = gates.filter(({ state }) => state === 'open');
      assert.deepEqual(
        open.map(({ id }) => id),
        [],
      );
      assert.equal(outcome?.result, 'completed');
    },
    { declare: soon, wrap: strike.wrap },
  );
});

test('F17, I5: a new credential that could not be taken back is named in the outcome', async () => {
  const world = new MemoryWorld('overlap');
  const port = world.system.port();
  const stubborn: CredentialPort = {
    ...port,
    revoke: () => Promise.reject(new KeyturnError('denied', 'this connection may not revoke')),
  };
  world.system.port = () => stubborn;
  await harness.run(
    world,
    async (stage) => {
      const run = await stage.rotate();
      const { id } = await stage.gate(run, 'retirement');
      await stage.confirm(run, id, { decision: 'reject' });
      await stage.approve(run, 'waive-', { approver: 'eve@example.com', comment: 'it is revoked by hand' });
      const { result, found } = await run.result();
      const left = world.system.credentials.map((each) => each.id).filter((each) => each !== 'KEY0');
      assert.deepEqual([result, left.length], ['rolled-back', 1]);
      assert.deepEqual(found, left);
    },
    { declare: soon },
  );
});

test('F8, I9: a run that was ended while it undid does not stop the next one', async () => {
  const world = new MemoryWorld('alternate');
  const strike = new Interruptions();
  await harness.run(
    world,
    async (stage) => {
      const ended = await stage.rotate();
      const { id } = await stage.gate(ended, 'retirement');
      // The undo was done and is said to have failed, so it asks: in the middle of undoing, and at rest.
      strike.arm('retractCredential', 'after', () => Promise.reject(ApplicationFailure.nonRetryable('', 'denied')));
      await stage.confirm(ended, id, { decision: 'reject' });
      await stage.gate(ended, 'retry-');
      await endAtRest(stage, ended);
      const next = await stage.rotate();
      await stage.approve(next, 'retirement');
      const { result, because } = await next.result();
      assert.equal(result, 'completed', because);
      const record = await stage.record();
      assert.deepEqual([record.hold, record.interrupted], [undefined, undefined]);
      assert.deepEqual(
        world.system.credentials.map(({ id: each, status }) => [each, status]),
        [[record.current?.ref.id, 'live']],
      );
    },
    { declare: soon, wrap: strike.wrap },
  );
});

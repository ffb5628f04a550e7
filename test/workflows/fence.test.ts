import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Activities } from '../../src/activities/index.ts';
import { serve } from '../fakes/serve.ts';
import { Harness } from './harness.ts';
import { MemoryWorld } from './memory-world.ts';
import { completesHolding } from './still-holding.ts';

const harness = new Harness();
const declare = { quiet: '1s', observe: '1s' };
/** The lifecycle takes whoever holds it for dead, as it would a terminated run that somebody resets later. */
const takenForDead = (activities: Activities): Activities => ({ ...activities, isRunning: async () => false });

for (const decision of ['approve', 'reject'] as const)
  test(`F12: a run that lost the hold stops, and neither retires nor undoes: its gate was answered ${decision}`, async () => {
    const world = new MemoryWorld('alternate');
    await harness.run(
      world,
      async (stage) => {
        const late = await stage.rotate();
        const { id } = await stage.gate(late, 'retirement');
        const holder = await stage.rotate();
        await stage.gate(holder, 'retirement');

        await stage.confirm(late, id, { decision });
        const { result, code, because, found } = await late.result();
        assert.deepEqual([result, code], ['stopped', 'hold_lost']);
        assert.match(because, new RegExp(`no longer holds orders; ${holder.workflowId}/.* does`));
        assert.deepEqual(found, ['orders_a', 'orders_b'], 'what can authenticate is named');
        assert.equal((await stage.status(late)).stage, 'stopped');
        assert.deepEqual(
          world.system.credentials.map(({ status }) => status),
          ['live', 'live'],
        );
        serve(world);

        await stage.approve(holder, 'retirement');
        assert.equal((await holder.result()).result, 'completed');
        serve(world);
      },
      { declare, wrap: takenForDead },
    );
  });

test('I9: a lifecycle that was lost and declared anew gets to know the run that goes on, and lets no other one begin', async () => {
  const world = new MemoryWorld('alternate');
  await harness.run(
    world,
    async (stage) => {
      const run = await stage.rotate();
      const { id } = await stage.gate(run, 'retirement');
      await stage.lifecycle.terminate('lost');
      await stage.declare(world.declared(declare));
      await stage.confirm(run, id);
      assert.equal((await run.result()).result, 'completed');
      const { current } = await stage.lifecycle.query<{ current?: { ref: { id: string } } }>('record');
      assert.equal(current?.ref.id, 'orders_b');
    },
    { declare },
  );
});

test('a run does not end while it asks who holds the identity: what it hears stands in its journal', async () => {
  const world = new MemoryWorld('overlap');
  let given: () => void;
  const back = new Promise<void>((resolve) => (given = resolve));
  // It answers half a second after people were told of the end, which is the last thing that a run has to do.
  const slowly = (activities: Activities): Activities => ({
    ...activities,
    confirmHold: (by) => activities.confirmHold(by).then(() => back),
    notifyPeople: async (notice) => {
      await activities.notifyPeople(notice);
      if (notice.kind === 'ended') setTimeout(given, 500);
    },
  });
  await harness.run(
    world,
    async (stage) => {
      const run = await stage.rotate();
      await stage.gate(run, 'retirement');
      await run.signal('yield');
      await completesHolding(stage, run);
    },
    { declare, wrap: slowly },
  );
});

test('a run that was cancelled while it only went forward, and is told to yield, goes on as long as it holds the identity', async () => {
  const world = new MemoryWorld('overlap');
  let interfere: () => Promise<unknown>;
  const cancelled = (activities: Activities): Activities => ({
    ...activities,
    disableCredential: async (target) => {
      await interfere();
      return activities.disableCredential(target);
    },
  });
  await harness.run(
    world,
    async (stage) => {
      const run = await stage.rotate();
      await stage.gate(run, 'retirement');
      interfere = async () => {
        await run.cancel();
        await run.signal('yield');
      };
      await completesHolding(stage, run);
      serve(world);
    },
    { declare, wrap: cancelled },
  );
});

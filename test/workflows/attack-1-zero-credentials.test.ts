import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApplicationFailure } from '@temporalio/common';
import type { Activities } from '../../src/activities/index.ts';
import { ended } from './attack-ended.ts';
import { endAtRest } from './end-after.ts';
import { Harness } from './harness.ts';
import { MemoryWorld } from './memory-world.ts';

const harness = new Harness();
const soon = { quiet: '1s', observe: '1s' };

/** A system that can't suspend, as openbao-approle is one. */
function withoutSuspension(world: MemoryWorld): MemoryWorld {
  const { system } = world;
  const port = system.port.bind(system);
  system.port = () => {
    const { suspension: _none, ...rest } = port();
    return rest;
  };
  return world;
}

const outage = async (): Promise<never> => {
  throw ApplicationFailure.create({ type: 'unavailable', message: 'the store does not answer' });
};

test('an outage after the old credential was revoked does not end in "rolled-back"', async () => {
  const world = new MemoryWorld('alternate');
  await harness.run(
    world,
    async (stage) => {
      const run = await stage.rotate();
      await stage.approve(run, 'retirement');
      const outcome = await ended(stage, run, 'waive-');
      assert.equal(world.system.accepts(world.first.id, world.first.secret), false, 'the old one is dead');
      assert.notEqual(outcome.result, 'rolled-back', `${outcome.result}: ${outcome.because}`);
    },
    { declare: soon, wrap: (activities) => ({ ...activities, destroySecret: outage }) },
  );
});

test('I1: terminated while consumers move, then an outage at the very end, then a third rotation: one credential works', async () => {
  const world = withoutSuspension(new MemoryWorld('alternate'));
  let down = true;
  const wrap = (activities: Activities): Activities => ({
    ...activities,
    destroySecret: (input) => (down ? outage() : activities.destroySecret(input)),
  });
  await harness.run(
    world,
    async (stage) => {
      const one = await stage.rotate();
      await stage.gate(one, 'retirement');
      await endAtRest(stage, one);

      const two = await stage.rotate();
      await stage.approve(two, 'retirement');
      await ended(stage, two, 'waive-');
      down = false;

      const three = await stage.rotate();
      const gate = await stage.gate(three, 'retirement');
      await stage.confirm(three, gate.id);
      for (let n = 0; n < 40; n += 1) {
        await stage.env.sleep(100);
        assert.notEqual(world.recoverable(), 0, `I1: no credential works: ${JSON.stringify(world.system.credentials)}`);
        if ((await stage.status(three)).outcome) break;
      }
      for (const consumer of Object.values(world.consumers)) {
        consumer.request();
        assert.equal(consumer.failedRequests, 0, 'the consumers work');
      }
    },
    { declare: soon, wrap },
  );
});

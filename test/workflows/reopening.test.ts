import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { failureOf } from './refusals.ts';
import { Harness, type Stage } from './harness.ts';
import { MemoryWorld, type Shape } from './memory-world.ts';

const harness = new Harness();
const options = {
  declare: {
    containment: { unattended: ['critical'] },
    gates: Object.fromEntries(
      ['retirement', 'intervention'].map((each) => [
        each,
        { approvers: ['dana@example.com', 'eve@example.com', 'rob@example.com'], proof: 'none' },
      ]),
    ),
  },
};
const contain = async (stage: Stage) =>
  (await stage.contain({ severity: 'critical', requestedBy: 'rob@example.com' })).result();

describe('re-opening after a containment', () => {
  for (const shape of ['overlap', 'alternate', 'in-place'] satisfies Shape[])
    test(`${shape}: somebody else decides, and then a rotation gives the identity a credential again`, async () => {
      const world = new MemoryWorld(shape);
      await harness.run(
        world,
        async (stage) => {
          await contain(stage);
          const run = await stage.reopen({ requestedBy: 'dana@example.com' });
          const { id, evidence } = await stage.gate(run, 'reopening');
          assert.match(evidence.join('\n'), /contained by contain\/orders.*\nno credential exists/);
          for (const approver of ['dana@example.com', 'rob@example.com'])
            assert.equal((await stage.confirm(run, id, { approver })).outcome, 'denied', approver);
          assert.equal((await stage.confirm(run, id, { approver: 'eve@example.com' })).outcome, 'accepted');
          assert.equal((await run.result()).result, 'completed');
          const { state, containment } = await stage.record();
          assert.deepEqual([state, containment], ['active', undefined]);

          const rotation = await stage.rotate();
          await stage.approve(rotation, 'recovery');
          if (shape === 'in-place') await stage.approve(rotation, 'interruption');
          else await stage.approve(rotation, 'retirement');
          assert.equal((await rotation.result()).result, 'completed');
          assert.equal(world.recoverable(), 1);
        },
        options,
      );
    });

  test('a no, and a rehearsal, leave it contained', async () => {
    const world = new MemoryWorld('overlap');
    await harness.run(
      world,
      async (stage) => {
        await contain(stage);
        assert.equal((await (await stage.reopen({ dryRun: true })).result()).result, 'planned');
        const run = await stage.reopen({ requestedBy: 'dana@example.com' });
        await stage.approve(run, 'reopening', { approver: 'eve@example.com', decision: 'reject' });
        assert.equal((await run.result()).result, 'rolled-back');
        assert.equal((await stage.record()).state, 'contained');
      },
      options,
    );
  });

  test('what lives again is shown to whoever decides', async () => {
    const world = new MemoryWorld('overlap');
    await harness.run(
      world,
      async (stage) => {
        await contain(stage);
        world.system.add('LATER', 'what somebody made afterwards');
        const run = await stage.reopen({ requestedBy: 'dana@example.com' });
        const { evidence } = await stage.gate(run, 'reopening');
        assert.match(evidence.join('\n'), /EXISTS STILL: LATER: live/);
      },
      options,
    );
  });

  test('an identity that is not contained has nothing to re-open', async () => {
    await harness.run(new MemoryWorld('overlap'), async (stage) => {
      const refused = await failureOf(stage, await stage.reopen());
      assert.equal(refused.type, 'conflict');
      assert.match(refused.message, /nothing to re-open/);
    });
  });
});

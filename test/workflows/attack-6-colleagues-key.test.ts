import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApplicationFailure } from '@temporalio/common';
import { ended } from './attack-ended.ts';
import { Harness } from './harness.ts';
import { MemoryWorld } from './memory-world.ts';

const harness = new Harness();

for (const lastUse of ['never', 'unknown'] as const)
  test(`F10, I5: a lost answer that made nothing, and days later a colleague makes a key (last use ${lastUse}): it is not deleted`, async () => {
    const world = new MemoryWorld('overlap');
    const port = world.system.port.bind(world.system);
    world.system.port = () => {
      const { lastUse: known, ...rest } = port();
      return lastUse === 'unknown' ? rest : { ...rest, lastUse: known! };
    };
    let asked = 0;
    await harness.run(
      world,
      async (stage) => {
        const run = await stage.rotate();
        await stage.gate(run, 'retirement');
        await stage.env.sleep('2d');
        world.system.add('COLLEAGUES', 'made by hand, two days later', 'unknown');
        await ended(stage, run, 'retirement');
        assert.ok(
          world.system.accepts('COLLEAGUES', 'made by hand, two days later'),
          'the key of a colleague was deleted unasked',
        );
      },
      {
        declare: { quiet: '1s', observe: '1s' },
        wrap: (activities) => ({
          ...activities,
          issueCredential: async (input) => {
            if ((asked += 1) === 1) throw ApplicationFailure.create({ type: 'outcome_unknown', message: 'lost' });
            return activities.issueCredential(input);
          },
        }),
      },
    );
  });

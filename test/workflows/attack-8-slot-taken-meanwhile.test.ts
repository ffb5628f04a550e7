import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Harness } from './harness.ts';
import { MemoryWorld } from './memory-world.ts';

const harness = new Harness();

test('F10: overlap: a slot that a colleague takes between the survey and the creation is asked about', async () => {
  const world = new MemoryWorld('overlap');
  let taken = false;
  await harness.run(
    world,
    async (stage) => {
      const run = await stage.rotate();
      const gate = await stage.gate(run, 'slot');
      assert.match(gate.question, /all 2 slots are taken/);
    },
    {
      declare: { quiet: '1s', observe: '1s' },
      wrap: (activities) => ({
        ...activities,
        issueCredential: async (input) => {
          if (!taken) world.system.add('COLLEAGUES', 'made by hand, just now');
          taken = true;
          return activities.issueCredential(input);
        },
      }),
    },
  );
});

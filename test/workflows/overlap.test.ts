import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Harness } from './harness.ts';
import { MemoryWorld, type Shape } from './memory-world.ts';

const harness = new Harness();

for (const shape of ['overlap', 'alternate'] satisfies Shape[])
  test(`F7: ${shape}: old and new live side by side for as long as quiet says, so that a cached credential is served`, async () => {
    const world = new MemoryWorld(shape, ['api']);
    await harness.run(
      world,
      async (stage) => {
        const run = await stage.rotate();
        await stage.env.sleep('9m');
        const { steps, gates } = await stage.status(run);
        assert.deepEqual([steps.at(-1)?.step, steps.at(-1)?.state, gates], ['quiet', 'running', []]);
        assert.ok(world.system.accepts(world.first.id, world.first.secret), 'who has the old one in a cache is served');
        const { delivered } = world.consumers['api']!;
        assert.ok(delivered && world.system.accepts(delivered.id, delivered.secret), 'and so is who has the new one');
        await stage.gate(run, 'retirement');
        assert.ok(world.system.accepts(world.first.id, world.first.secret));
      },
      { declare: { quiet: '10m' } },
    );
  });

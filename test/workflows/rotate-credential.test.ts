import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Harness } from './harness.ts';
import { MemoryWorld } from './memory-world.ts';

const harness = new Harness();

describe('rotateCredential', () => {
  for (const shape of ['overlap', 'alternate', 'in-place'] as const) {
    test(`${shape}: consumers run on a new credential, and the old one is refused`, async () => {
      const world = new MemoryWorld(shape);
      await harness.run(world, async (stage) => {
        const run = await stage.rotate();
        const gate = await stage.gate(run, shape === 'in-place' ? 'interruption' : 'retirement');
        assert.ok(world.system.accepts(world.first.id, world.first.secret), 'until the gate the old one works');
        assert.equal((await stage.confirm(run, gate.id)).outcome, 'accepted');
        const outcome = await run.result();
        assert.equal(outcome.result, 'completed', outcome.because);
        assert.equal(world.system.accepts(world.first.id, world.first.secret), false);
        for (const consumer of Object.values(world.consumers)) {
          consumer.request();
          assert.equal(consumer.failedRequests, 0);
          assert.notEqual(consumer.running?.secret, world.first.secret);
        }
        assert.equal(world.system.credentials.length, 1);
      });
    });
  }
});

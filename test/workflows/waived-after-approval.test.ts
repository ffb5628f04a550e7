import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Harness } from './harness.ts';
import { MemoryWorld } from './memory-world.ts';

const harness = new Harness();
const soon = { quiet: '1s', observe: '1s' };

test('I3, I8: a waiver that comes after the approval is not what was approved: it is asked anew, and the evidence names it', async () => {
  const world = new MemoryWorld('alternate');
  await harness.run(
    world,
    async (stage) => {
      const run = await stage.rotate();
      const first = await stage.gate(run, 'retirement');
      world.consumers['jobs']!.running = undefined;
      await stage.confirm(run, first.id);
      await stage.approve(run, 'waive-jobs', { approver: 'eve@example.com', comment: 'it was switched off' });
      const second = await stage.gate(run, 'retirement-2');
      assert.notEqual(second.plan, first.plan);
      assert.match(second.evidence.join('\n'), /jobs: NOT VERIFIED, waived by eve@example\.com: it was switched off/);
      assert.ok(world.system.accepts(world.first.id, world.first.secret), 'the first approval retired nothing');
      await stage.confirm(run, second.id);
      assert.equal((await run.result()).result, 'completed');
      assert.equal(world.system.accepts(world.first.id, world.first.secret), false);
    },
    { declare: soon },
  );
});

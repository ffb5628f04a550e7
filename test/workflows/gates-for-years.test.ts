import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Harness } from './harness.ts';
import { MemoryWorld } from './memory-world.ts';

const harness = new Harness();

test('a question that nobody answers for a year is asked ever more rarely, and keeps a short history', async () => {
  const world = new MemoryWorld('alternate', ['api']);
  const gate = { approvers: ['dana@example.com'], proof: 'none', expires: '1m' };
  await harness.run(
    world,
    async (stage) => {
      const run = await stage.rotate();
      await stage.gate(run, 'retirement');
      for (let day = 0; day < 365; day += 5) await stage.env.sleep('5d');
      const { gates } = await stage.status(run);
      assert.ok(gates.length > 100 && gates.length < 250, `asked ${gates.length} times`);
      const { events } = await stage.env.client.workflow.getHandle(run.workflowId).fetchHistory();
      assert.ok(events!.length < 10_000, `${events!.length} events`);
      assert.ok(world.system.accepts(world.first.id, world.first.secret), 'F5: nobody answered, so nothing is revoked');
    },
    { declare: { quiet: '1s', observe: '1s', gates: { retirement: gate, intervention: gate } } },
  );
});

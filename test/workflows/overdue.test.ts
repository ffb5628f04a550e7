import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Harness } from './harness.ts';
import { MemoryWorld } from './memory-world.ts';

const harness = new Harness();
const day = 86_400_000;

test('F5: a rotation that is due and does not begin is told to the owner, ever more rarely, until one has ended', async () => {
  const world = new MemoryWorld('overlap');
  const told = () => world.notices.filter(({ kind }) => kind === 'overdue');
  await harness.run(
    world,
    async (stage) => {
      await stage.env.sleep(32 * day);
      assert.deepEqual(told(), [], 'due for two days, and three are let pass');
      await stage.env.sleep(2 * day);
      const [first, ...others] = told();
      assert.deepEqual([first?.to, others], [['dana@example.com'], []]);
      assert.match(first!.text, /was due at .* and has not ended: no rotation has begun/);
      await stage.env.sleep(300 * day);
      assert.ok(told().length > 3 && told().length < 9, `told ${told().length} times within a year`);

      const run = await stage.rotate();
      await stage.approve(run, 'retirement');
      await run.result();
      const before = told().length;
      await stage.env.sleep(32 * day);
      assert.equal(told().length, before, 'the next one counts from the last');
    },
    { declare: { rotate: { every: '30d' }, quiet: '1s', observe: '1s' } },
  );
});

test('F5: one that has begun and waits too long is told as well, with what holds it', async () => {
  const world = new MemoryWorld('overlap');
  const gate = { approvers: ['dana@example.com'], expires: '365d', proof: 'none' };
  await harness.run(
    world,
    async (stage) => {
      const run = await stage.rotate();
      await stage.gate(run, 'retirement');
      await stage.env.sleep(40 * day);
      const overdue = world.notices.find(({ kind }) => kind === 'overdue');
      assert.match(overdue?.text ?? '', /rotateCredential rotate\/orders\/.* has held it since/);
    },
    {
      declare: {
        rotate: { every: '30d' },
        gates: { retirement: gate, intervention: gate },
        quiet: '1s',
        observe: '1s',
      },
    },
  );
});

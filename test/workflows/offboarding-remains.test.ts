import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Harness } from './harness.ts';
import { gone, sayGone } from './leaving.ts';
import { MemoryWorld } from './memory-world.ts';

const harness = new Harness();
const day = 86_400_000;
const declare = { offboarding: { observe: '1d', reprobe: '7d' } };

describe('what is left of an identity that is taken out of service', () => {
  test('F24: what has come back when it is looked at again is ended again, told to the owner, and looked at once more', async () => {
    const world = gone(new MemoryWorld('overlap'));
    await harness.run(
      world,
      async (stage) => {
        const run = await stage.offboard();
        await sayGone(stage, run);
        while (world.system.credentials.length > 0) await stage.env.sleep(day / 4);
        world.system.add('KEY9', 'made by somebody meanwhile');
        const { result, items } = await run.result();
        assert.equal(result, 'completed');
        assert.deepEqual(world.system.credentials, []);
        assert.equal(items?.find(({ what }) => what === 'credential KEY9')?.became, 'revoked, and shown to be refused');
        const told = world.notices.filter(({ kind }) => kind === 'reopened');
        assert.match(told[0]?.text ?? '', /^REOPENED: 1 credentials and 0 entitlements of orders had come back/);
        const { steps } = await stage.status(run);
        assert.equal(steps.filter(({ step }) => step === 'wait').length, 2);
      },
      { declare },
    );
  });

  test('F24: what only a person can hand over goes to a named owner, and that is looked at; or it is waived', async () => {
    const world = gone(new MemoryWorld('overlap'));
    for (const id of ['own', 'keep']) world.entitlements.give('orders', id, 'give the table to somebody else');
    world.entitlements.give('orders', 'write');
    await harness.run(
      world,
      async (stage) => {
        const run = await stage.offboard();
        await sayGone(stage, run);
        await stage.approve(run, 'transferred-own', { comment: 'sam@example.com' });
        const { evidence } = await stage.gate(run, 'transferred-own-2');
        assert.match(evidence[0] ?? '', /transferred to sam@example.com, on the word of .* but/);
        world.entitlements.accounts.get('orders')?.delete('own');
        await stage.approve(run, 'transferred-own-2', { comment: 'sam@example.com' });
        await stage.approve(run, 'waive-keep', { comment: 'the table is dropped' });
        const { items, because } = await run.result();
        const words = (items ?? []).map(({ what, became }) => `${what}: ${became}`).join('\n');
        assert.match(words, /orders may own: transferred to sam@example.com, on the word of dana@example.com/);
        assert.match(words, /orders may keep: waived by dana@example.com: the table is dropped/);
        assert.match(words, /orders may write: taken away/);
        assert.match(because, /WAIVED: orders may keep/);
      },
      {
        declare: {
          offboarding: { observe: '1m', reprobe: '7d' },
          entitlements: [{ connection: 'grants', account: 'orders' }],
        },
      },
    );
  });
});

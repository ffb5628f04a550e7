import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KeyturnError } from '../../src/contract/errors.ts';
import { Harness } from './harness.ts';
import { MemoryWorld } from './memory-world.ts';

const harness = new Harness();
const options = {
  declare: {
    containment: { unattended: ['critical'] },
    entitlements: [{ connection: 'grants', account: 'orders' }],
  },
};

test('what the identity holds beyond its credentials is taken away, one by one, and each is seen to be gone', async () => {
  const world = new MemoryWorld('alternate');
  for (const id of ['read', 'write']) world.entitlements.give('orders', id);
  await harness.run(
    world,
    async (stage) => {
      const run = await stage.contain({ severity: 'critical' });
      const { because } = await run.result();
      assert.deepEqual([...world.entitlements.accounts.get('orders')!.keys()], []);
      assert.match(because, /2 entitlements taken away/);
      const { steps } = await stage.status(run);
      assert.deepEqual(
        steps.filter(({ step }) => step === 'take away').map(({ because: why }) => why),
        ['it does not hold read', 'it does not hold write'],
      );
    },
    options,
  );
});

test('what a person must hand over is named, and so is what somebody waived', async () => {
  const world = new MemoryWorld('alternate');
  world.entitlements.give('orders', 'own', 'give the table to somebody else');
  world.entitlements.give('orders', 'write');
  const port = world.entitlements.port();
  world.entitlements.port = () => ({
    ...port,
    remove: () => Promise.reject(new KeyturnError('denied', 'it is not ours to take')),
  });
  await harness.run(
    world,
    async (stage) => {
      const run = await stage.contain({ severity: 'critical' });
      await stage.gate(run, 'waive-');
      assert.match((await stage.status(run)).alarms.join(), /^ACCESS STILL LIVE: orders may write: denied/);
      await stage.approve(run, 'waive-', { comment: 'the table is dropped tonight' });
      const { result, because } = await run.result();
      assert.equal(result, 'completed');
      assert.match(
        because,
        /HELD STILL: orders may own, which a person must hand over: give the table to somebody else/,
      );
      assert.match(because, /orders may write, waived/);
    },
    options,
  );
});

test('an account that the system does not know is no proof that nothing is held', async () => {
  const world = new MemoryWorld('alternate');
  world.entitlements.accounts.delete('orders');
  await harness.run(
    world,
    async (stage) => {
      const run = await stage.contain({ severity: 'critical' });
      await stage.approve(run, 'waive-', { comment: 'that database is gone' });
      const { because } = await run.result();
      assert.match(because, /HELD STILL: what orders at grants may do, which was not seen: waived by dana@example.com/);
    },
    options,
  );
});

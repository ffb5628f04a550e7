import assert from 'node:assert/strict';
import { call } from '../credentials/stage.ts';
import type { EntitlementCase } from '../entitlements.ts';

/** What is taken away is gone, and nothing else is. */
export const removingCases: readonly EntitlementCase[] = [
  {
    name: 'remove takes away the entitlement that it was handed, really, and no other one',
    async run({ give, port, system, listed }) {
      const [first, second, third] = [await give(1), await give(2), await give(3)];
      await port.remove(system.account, second.id, call());
      assert.deepEqual(await listed(), [first.id, third.id].toSorted());
      assert.equal(await system.works(system.account, 2), false, 'it can still be used');
      for (const nth of [1, 3] as const) assert.ok(await system.works(system.account, nth), 'another one was taken');
    },
  },
  {
    name: 'the last one can be taken away as well as the first, until nothing is held',
    async run({ give, port, system, listed }) {
      const given = [await give(1), await give(2), await give(3)];
      for (const { id } of given.toReversed()) await port.remove(system.account, id, call());
      assert.deepEqual(await listed(), []);
      for (const nth of [1, 2, 3] as const) assert.equal(await system.works(system.account, nth), false);
    },
  },
  {
    name: 'I6: removing again what is gone is done, for the same operation and for another one',
    async run({ give, port, system, listed, expect }) {
      const [gone, kept] = [await give(1), await give(2)];
      const write = call();
      await port.remove(system.account, gone.id, write);
      await port.remove(system.account, gone.id, write);
      await port.remove(system.account, gone.id, call());
      await expect(gone.id, 'no');
      assert.deepEqual(await listed(), [kept.id]);
    },
  },
  {
    name: 'several can be taken away at once',
    async run({ give, port, system, listed }) {
      const given = [await give(1), await give(2), await give(3)];
      // One at least gets through; another may find the account being changed, and is sent again.
      for (let round = 0; round < given.length; round += 1)
        await Promise.allSettled(given.map(({ id }) => port.remove(system.account, id, call())));
      assert.deepEqual(await listed(), []);
    },
  },
  {
    name: 'an account that is gone holds nothing, so removing from it is done',
    async run({ give, port, system }) {
      const { id } = await give(1);
      await port.remove(system.absent, id.replaceAll(system.account, system.absent), call());
    },
  },
];

import assert from 'node:assert/strict';
import { call, isWellFormed, refuses } from '../credentials/stage.ts';
import type { EntitlementCase } from '../entitlements.ts';
import { shownAfter } from './stage.ts';

/** What a port says about what is held: all of it changes nothing. */
export const witnessingCases: readonly EntitlementCase[] = [
  {
    name: 'what the system can not do is absent: no member is anything but a method',
    async run({ system: { port } }) {
      for (const name of ['list', 'prove', 'remove'] as const) assert.equal(typeof port[name], 'function', name);
      for (const name of ['grant', 'preflight'] as const)
        assert.ok(['function', 'undefined'].includes(typeof port[name]), `${name} is a method, or absent`);
    },
  },
  {
    name: 'an account that was given nothing holds nothing',
    run: async ({ listed }) => assert.deepEqual(await listed(), []),
  },
  {
    name: 'list shows each thing that is held, once, and prove says yes to it',
    async run({ give, listed, expect, system }) {
      const given = [await give(1), await give(2), await give(3)];
      assert.deepEqual(await listed(), given.map(({ id }) => id).toSorted());
      for (const { id, byHand } of given) {
        await expect(id, 'yes');
        assert.equal(byHand, undefined, 'what can be taken away needs nobody');
      }
      for (const nth of [1, 2, 3] as const) assert.ok(await system.works(system.account, nth), 'it was not given');
    },
  },
  {
    name: 'an id stays the same, and asking changes nothing',
    async run({ give, listed, port, system, expect }) {
      const { id } = await give(1);
      await give(2);
      const before = await listed();
      await port.preflight?.(system.account, call());
      await expect(id, 'yes');
      assert.deepEqual(await listed(), before);
      await system.give(system.account, 1);
      assert.deepEqual(await listed(), before);
      assert.ok(await system.works(system.account, 1));
    },
  },
  {
    name: 'I7: prove says no to what is not held any more, while it says yes to what is',
    async run({ give, port, system, expect }) {
      const [gone, kept] = [await give(1), await give(2)];
      await port.remove(system.account, gone.id, call());
      await expect(gone.id, 'no');
      await expect(kept.id, 'yes');
    },
  },
  {
    name: 'prove looks at the system, now: what somebody gave again is held again, under the same id',
    async run({ give, port, system, expect, listed }) {
      const { id } = await give(1);
      await port.remove(system.account, id, call());
      await expect(id, 'no');
      await system.give(system.account, 1);
      await expect(id, 'yes');
      assert.deepEqual(await listed(), [id]);
    },
  },
  {
    name: 'what a person has to hand over is listed, says so, is refused with conflict, and stays',
    concerns: ({ giveByHand }) => giveByHand !== undefined,
    async run({ give, port, system, expect, listed }) {
      await give(1);
      const owned = await shownAfter({ port, system }, async () => system.giveByHand?.(system.account));
      assert.ok(owned.byHand, 'it does not say what a person must do');
      const before = await listed();
      await refuses(['conflict'], () => port.remove(system.account, owned.id, call()));
      await expect(owned.id, 'yes');
      assert.deepEqual(await listed(), before);
    },
  },
  {
    name: 'preflight is yes for an account whose entitlements can be taken away, and not for one that does not exist',
    concerns: ({ port }) => port.preflight !== undefined,
    async run({ port, system, give }) {
      await give(1);
      for (const [account, is] of [
        [system.account, 'yes'],
        [system.absent, 'no'],
      ] as const) {
        const verdict = await port.preflight?.(account, call());
        assert.ok(verdict);
        isWellFormed(verdict);
        assert.equal(verdict.is, is, verdict.because);
      }
    },
  },
  {
    name: 'F25: an account that does not exist is not found, and what it holds is unknown: another system would say the same',
    async run({ give, port, system }) {
      const { id } = await give(1);
      await refuses(['not_found'], () => port.list(system.absent, call()));
      const foreign = id.replaceAll(system.account, system.absent);
      const verdict = await port.prove(system.absent, foreign, call());
      isWellFormed(verdict);
      assert.equal(verdict.is, 'unknown', verdict.because);
    },
  },
];

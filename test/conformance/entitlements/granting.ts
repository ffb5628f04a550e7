import assert from 'node:assert/strict';
import { call, refuses } from '../credentials/stage.ts';
import type { EntitlementCase, EntitlementSystem } from '../entitlements.ts';

const grants = ({ port }: EntitlementSystem): boolean => port.grant !== undefined;

/** What is given is held, for the ports that give. The first thing of a system must be one that its id alone can give. */
export const grantingCases: readonly EntitlementCase[] = [
  {
    name: 'what was taken away can be granted by its id, and really is',
    concerns: grants,
    async run({ give, port, system, listed, expect }) {
      const [taken, kept] = [await give(1), await give(2)];
      await port.remove(system.account, taken.id, call());
      assert.equal(await system.works(system.account, 1), false);
      await port.grant?.(system.account, taken.id, call());
      await expect(taken.id, 'yes');
      assert.ok(await system.works(system.account, 1), 'it says that it granted');
      assert.deepEqual(await listed(), [taken.id, kept.id].toSorted());
    },
  },
  {
    name: 'I6: granting again what is held is done',
    concerns: grants,
    async run({ give, port, system, listed }) {
      const { id } = await give(1);
      await port.remove(system.account, id, call());
      const write = call();
      await port.grant?.(system.account, id, write);
      await port.grant?.(system.account, id, write);
      await port.grant?.(system.account, id, call());
      assert.deepEqual(await listed(), [id]);
    },
  },
  {
    name: 'an account that does not exist is granted nothing',
    concerns: grants,
    async run({ give, port, system }) {
      const id = (await give(1)).id.replaceAll(system.account, system.absent);
      await refuses(['not_found', 'invalid_request', 'denied'], async () => port.grant?.(system.absent, id, call()));
      await refuses(['not_found'], () => port.list(system.absent, call()));
    },
  },
];

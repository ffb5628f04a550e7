import { KeyturnError } from '../../../src/contract/errors.ts';
import { entitlementReadingMutants } from './entitlements-reading.ts';
import type { EntitlementMutant } from './right-entitlements.ts';

const calm = { signal: new AbortController().signal, operation: 'mutant' };
const stop = (): never => {
  throw new KeyturnError('unavailable', 'the call was told to stop');
};

/** Ports that break a promise of taking away, of giving, or of heeding what they are told. */
export const entitlementMutants: readonly EntitlementMutant[] = [
  ...entitlementReadingMutants,
  {
    name: 'only says that it removed',
    caughtBy: 'remove takes away the entitlement',
    mutate: (port) => ({ ...port, remove: async () => {} }),
  },
  {
    name: 'hides what it was told to remove, and leaves it',
    caughtBy: 'remove takes away the entitlement',
    mutate: (port) => {
      const hidden = new Set<string>();
      return {
        ...port,
        list: async (...args) => (await port.list(...args)).filter(({ id }) => !hidden.has(id)),
        remove: async (_account, id) => void hidden.add(id),
      };
    },
  },
  {
    name: 'removes everything that the account holds',
    caughtBy: 'remove takes away the entitlement',
    mutate: (port, { accounts }) => ({
      ...port,
      async remove(account, id, call) {
        await port.remove(account, id, call);
        accounts.get(account)?.clear();
      },
    }),
  },
  {
    name: 'removes the same thing from everybody',
    caughtBy: 'remove takes away the entitlement',
    mutate: (port, { accounts }) => ({
      ...port,
      async remove(account, id, call) {
        await port.remove(account, id, call);
        for (const held of accounts.values()) held.delete(id);
      },
    }),
  },
  {
    name: 'can not remove the last one',
    caughtBy: 'the last one can be taken away',
    mutate: (port, { accounts }) => ({
      ...port,
      async remove(account, id, call) {
        if (accounts.get(account)?.size !== 1) await port.remove(account, id, call);
      },
    }),
  },
  {
    name: 'is surprised when the removed is removed again',
    caughtBy: 'I6: removing again',
    mutate: (port, system) => ({
      ...port,
      async remove(account, id, call) {
        if (!system.holds(account, id)) throw new KeyturnError('not_found', 'it holds no such thing');
        await port.remove(account, id, call);
      },
    }),
  },
  {
    name: 'forgets what it is told while it is busy',
    caughtBy: 'several can be taken away at once',
    mutate: (port) => {
      let busy = 0;
      return {
        ...port,
        async remove(account, id, call) {
          busy += 1;
          await new Promise(setImmediate);
          if (busy === 1) await port.remove(account, id, call);
          busy -= 1;
        },
      };
    },
  },
  {
    name: 'is surprised that an account is gone',
    caughtBy: 'an account that is gone',
    mutate: (port) => ({
      ...port,
      async remove(account, id, call) {
        await port.list(account, call);
        await port.remove(account, id, call);
      },
    }),
  },
  {
    name: 'only says that it granted',
    caughtBy: 'what was taken away can be granted',
    mutate: (port) => ({ ...port, grant: async () => {} }),
  },
  {
    name: 'is surprised that what it grants is held',
    caughtBy: 'I6: granting again',
    mutate: (port, system) => ({
      ...port,
      async grant(account, id, call) {
        if (system.holds(account, id)) throw new KeyturnError('conflict', 'it is held already');
        await port.grant?.(account, id, call);
      },
    }),
  },
  {
    name: 'makes the account that it grants something to',
    caughtBy: 'an account that does not exist is granted nothing',
    mutate: (port, { accounts }) => ({
      ...port,
      async grant(account, id, call) {
        if (!accounts.has(account)) accounts.set(account, new Map());
        await port.grant?.(account, id, call);
      },
    }),
  },
  {
    name: 'removes although it was told to stop',
    caughtBy: 'a remove that was told to stop',
    mutate: (port) => ({
      ...port,
      async remove(account, id, { signal }) {
        await port.remove(account, id, calm);
        if (signal.aborted) stop();
      },
    }),
  },
  {
    name: 'grants although it was told to stop',
    caughtBy: 'a grant that was told to stop',
    mutate: (port) => ({
      ...port,
      async grant(account, id, { signal }) {
        await port.grant?.(account, id, calm);
        if (signal.aborted) stop();
      },
    }),
  },
];

import { Secret } from '../../../src/contract/secret.ts';
import type { StorePort } from '../../../src/contract/stores.ts';
import { say } from './right-consumer.ts';
import { fingerprint, type RightStore } from './right-store.ts';

/** A store that breaks one promise, and the case that must notice. */
export interface StoreMutant {
  /** Completes "a store that ...". */
  readonly name: string;
  /** How the name of the case begins that must notice. */
  readonly caughtBy: string;
  readonly mutate: (port: StorePort, store: RightStore) => StorePort;
}

/** Stores that break a promise about what somebody else wrote, or nobody. */
export const readingMutants: readonly StoreMutant[] = [
  {
    name: 'tells the fingerprint of the path',
    caughtBy: 'what somebody else put is read',
    mutate: (port) => ({
      ...port,
      read: async (path, call) => ({ ...(await port.read(path, call)), fingerprint: fingerprint(new Secret(path)) }),
    }),
  },
  {
    name: 'gives the newest version whatever is asked for',
    caughtBy: 'a reference stays that of its own version',
    mutate: (port) => ({
      ...port,
      get: async (ref, call) => port.get((await port.read(ref.path, call)).ref, call),
    }),
  },
  {
    name: 'destroys what somebody else put',
    caughtBy: 'I5: what somebody else put',
    mutate: (port, { places }) => ({ ...port, destroy: async ({ path }) => void places.delete(path) }),
  },
  {
    name: 'gives an empty secret for what was never put',
    caughtBy: 'what was never put is not found',
    mutate: (port) => ({ ...port, get: async (ref, call) => port.get(ref, call).catch(() => new Secret('')) }),
  },
  {
    name: 'tries a write to see whether it may',
    caughtBy: 'preflight is yes',
    mutate: (port) => ({
      ...port,
      async preflight(identity, call) {
        if (call.signal.aborted) return say('unknown');
        await port.put(identity, new Secret('probe'), undefined, { ...call, operation: 'preflight' });
        return say('yes');
      },
    }),
  },
];

import { KeyturnError } from '../../../src/contract/errors.ts';
import { Secret } from '../../../src/contract/secret.ts';
import type { StorePort } from '../../../src/contract/stores.ts';
import { fingerprint, pathOf, type RightStore } from './right-store.ts';

/** A store that breaks one promise, and the case that must notice. */
export interface StoreMutant {
  /** Completes "a store that ...". */
  readonly name: string;
  /** How the name of the case begins that must notice. */
  readonly caughtBy: string;
  readonly mutate: (port: StorePort, store: RightStore) => StorePort;
}

const calm = { signal: new AbortController().signal, operation: 'mutant' };
const say = (is: 'yes' | 'unknown') => ({ is, because: 'a mutant said so', at: new Date().toISOString() });

export const storeMutants: readonly StoreMutant[] = [
  {
    name: 'keeps the last secret of an operation',
    caughtBy: 'I6, F12: a second put',
    mutate: (port, { places }) => ({
      ...port,
      async put(identity, secret, owner, call) {
        places.delete(pathOf(identity, call.operation));
        return port.put(identity, secret, owner, call);
      },
    }),
  },
  {
    name: 'looks before it puts, and then puts blindly',
    caughtBy: 'F12: of several puts',
    mutate: (port, { places }) => ({
      ...port,
      async put(identity, secret, owner, call) {
        const found = await port.find(identity, call.operation, call);
        if (found) return found.stored;
        await Promise.resolve();
        places.delete(pathOf(identity, call.operation));
        return { ...(await port.put(identity, secret, owner, call)), fingerprint: fingerprint(secret) };
      },
    }),
  },
  {
    name: 'trims what it is given',
    caughtBy: 'I2: what was put is got back',
    mutate: (port) => ({
      ...port,
      put: async (identity, secret, owner, call) => port.put(identity, new Secret(secret.reveal().trim()), owner, call),
    }),
  },
  {
    name: 'forgets whose credential a secret is',
    caughtBy: 'find shows what an operation put',
    mutate: (port) => ({
      ...port,
      put: async (identity, secret, _owner, call) => port.put(identity, secret, undefined, call),
    }),
  },
  {
    name: 'has one place per identity',
    caughtBy: 'operations of one identity',
    mutate: (port) => ({
      ...port,
      put: async (identity, secret, owner, call) => port.put(identity, secret, owner, { ...call, operation: 'one' }),
    }),
  },
  {
    name: 'knows operations by their first hundred characters',
    caughtBy: 'operations of any length',
    mutate: (port) => {
      const cut = (operation: string) => operation.slice(0, 100);
      return {
        ...port,
        find: async (identity, operation, call) => port.find(identity, cut(operation), call),
        put: async (identity, secret, owner, call) =>
          port.put(identity, secret, owner, { ...call, operation: cut(call.operation) }),
      };
    },
  },
  {
    name: 'only says that it destroyed',
    caughtBy: 'a destroyed secret is not found any more',
    mutate: (port) => ({ ...port, destroy: async () => {} }),
  },
  {
    name: 'is surprised when the destroyed is destroyed again',
    caughtBy: 'a destroyed secret is not found any more',
    mutate: (port) => ({
      ...port,
      async destroy(ref, call) {
        await port.get(ref, call);
        await port.destroy(ref, call);
      },
    }),
  },
  {
    name: 'empties the folder of the identity when it destroys one secret',
    caughtBy: 'a destroyed secret is not found any more',
    mutate: (port, { places }) => ({
      ...port,
      async destroy(ref, call) {
        await port.destroy(ref, call);
        const folder = ref.path.replace(/[^/]+$/, '');
        for (const path of places.keys()) if (path.startsWith(folder)) places.delete(path);
      },
    }),
  },
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
  {
    name: 'puts although it was told to stop',
    caughtBy: 'a put that was told to stop',
    mutate: (port) => ({
      ...port,
      async put(identity, secret, owner, call) {
        const stored = await port.put(identity, secret, owner, { ...call, signal: calm.signal });
        if (call.signal.aborted) throw new KeyturnError('unavailable', 'the call was told to stop');
        return stored;
      },
    }),
  },
  {
    name: 'destroys although it was told to stop',
    caughtBy: 'a destroy that was told to stop',
    mutate: (port) => ({
      ...port,
      async destroy(ref, call) {
        await port.destroy(ref, calm);
        if (call.signal.aborted) throw new KeyturnError('unavailable', 'the call was told to stop');
      },
    }),
  },
  {
    name: 'finds nothing when it can not look',
    caughtBy: 'I7: a question that could not be asked',
    mutate: (port) => ({ ...port, find: async (...args) => port.find(...args).catch(() => undefined) }),
  },
  {
    name: 'takes dots in a name for folders',
    caughtBy: 'a name that means something',
    mutate: (port, { places }) => ({
      ...port,
      async put(identity, secret, owner, call) {
        if (identity.includes('..')) places.set('apps/db', [{ secret: secret.reveal(), owner }]);
        return port.put(identity, secret, owner, call);
      },
    }),
  },
  {
    name: 'repeats what the remote system said',
    caughtBy: 'what was never put is not found',
    mutate: (port) => ({
      ...port,
      get: async (...args) =>
        port.get(...args).catch(() => Promise.reject(new KeyturnError('not_found', 'FATAL from remote'))),
    }),
  },
  {
    name: 'puts the secret into the path',
    caughtBy: 'find shows what an operation put',
    mutate: (port, { places }) => ({
      ...port,
      async put(identity, secret, owner, call) {
        const stored = await port.put(identity, secret, owner, call);
        const path = `keyturn/${secret.reveal()}`;
        places.set(path, [{ secret: secret.reveal(), owner }]);
        return { ...stored, ref: { path, version: 1 } };
      },
    }),
  },
];

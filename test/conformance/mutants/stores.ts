import { KeyturnError } from '../../../src/contract/errors.ts';
import { Secret } from '../../../src/contract/secret.ts';
import { fingerprint, pathOf } from './right-store.ts';
import { readingMutants, type StoreMutant } from './stores-reading.ts';

const calm = { signal: new AbortController().signal, operation: 'mutant' };

const cut = (operation: string) => operation.slice(0, 100);

/** Stores that break a promise of putting, of finding, or of heeding what they are told. */
export const storeMutants: readonly StoreMutant[] = [
  ...readingMutants,
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
    caughtBy: 'F17: find shows what an operation put',
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
    caughtBy: 'F17: find shows what an operation put',
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

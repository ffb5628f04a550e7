import { KeyturnError } from '../../../src/contract/errors.ts';
import type { Read } from '../../../src/contract/call.ts';
import type { CredentialRef, StoredSecret } from '../../../src/contract/references.ts';
import { Secret } from '../../../src/contract/secret.ts';
import type { StorePort } from '../../../src/contract/stores.ts';
import { worldOf } from '../../fakes/world.ts';
import type { StoreSystem } from '../stores.ts';

export interface RightStore {
  /** The versions of each path, oldest first. */
  readonly places: Map<string, { secret: string; owner: CredentialRef | undefined }[]>;
}

export const { fingerprint } = worldOf('memory');

/** The smallest store that keeps every promise, over a map: what the mutants are made from. */
export function rightStore({ places }: RightStore): StorePort {
  const stored = (path: string, version: number): StoredSecret => {
    const held = places.get(path)?.[version - 1];
    if (!held) throw new KeyturnError('not_found', 'the store holds no such secret');
    return { ref: { path, version }, fingerprint: fingerprint(new Secret(held.secret)) };
  };
  const find: StorePort['find'] = async (identity, operation, call) => {
    heed(call);
    const path = pathOf(identity, operation);
    const [held] = places.get(path) ?? [];
    return held && { stored: stored(path, 1), owner: held.owner };
  };
  return {
    find,
    async put(identity, secret, owner, call) {
      heed(call);
      const path = pathOf(identity, call.operation);
      if (!places.has(path)) places.set(path, [{ secret: secret.reveal(), owner }]);
      return stored(path, 1);
    },
    async get({ path, version }, call) {
      heed(call);
      stored(path, version);
      return new Secret(places.get(path)?.[version - 1]?.secret ?? '');
    },
    async read(path, call) {
      heed(call);
      return stored(path, places.get(path)?.length ?? 0);
    },
    async destroy({ path }, call) {
      heed(call);
      if (!path.startsWith('keyturn/')) throw new KeyturnError('denied', 'Keyturn did not put this');
      places.delete(path);
    },
    async preflight(_identity, { signal }) {
      const at = new Date().toISOString();
      if (signal.aborted) return { is: 'unknown', because: 'the call was told to stop', at };
      return { is: 'yes', because: 'the store takes writes', at };
    },
  };
}

/** A system of its own for each case, with the port as the mutant changed it. */
export function storeSystem(mutate: (port: StorePort, store: RightStore) => StorePort = (port) => port): StoreSystem {
  const store: RightStore = { places: new Map() };
  return {
    port: mutate(rightStore(store), store),
    identity: 'orders',
    neighbour: 'bystander',
    fingerprint,
    async plant(secret) {
      const versions = store.places.get('apps/db') ?? [];
      store.places.set('apps/db', [...versions, { secret: secret.reveal(), owner: undefined }]);
      return 'apps/db';
    },
    remoteWords: ['FATAL from remote'],
    close: async () => {},
  };
}

export function pathOf(identity: string, operation: string): string {
  const [folder, name] = [identity, operation].map((text) =>
    Buffer.from(fingerprint(new Secret(text))).toString('hex'),
  );
  return `keyturn/${folder?.slice(-40)}/${name?.slice(-40)}`;
}

function heed({ signal }: Read): void {
  if (signal.aborted) throw new KeyturnError('unavailable', 'the call was told to stop');
}

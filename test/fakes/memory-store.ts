import { KeyturnError } from '../../src/contract/errors.ts';
import type { CredentialRef, Fingerprint, StoredSecret } from '../../src/contract/references.ts';
import { Secret } from '../../src/contract/secret.ts';
import type { StorePort } from '../../src/contract/stores.ts';

/** A secret store in memory, with the one promise that matters: an operation puts once, and the first secret stays. */
export class MemoryStore {
  readonly secrets = new Map<string, { secret: string; owner: CredentialRef | undefined }>();
  readonly #fingerprint: (secret: Secret) => Fingerprint;

  constructor(fingerprint: (secret: Secret) => Fingerprint) {
    this.#fingerprint = fingerprint;
  }

  holds(secret: string): boolean {
    return [...this.secrets.values()].some((each) => each.secret === secret);
  }

  port(): StorePort {
    const pathOf = (identity: string, operation: string) =>
      `keyturn/${identity}/${Buffer.from(operation).toString('hex').slice(-40)}`;
    const stored = (path: string): StoredSecret => {
      const { secret } = this.secrets.get(path) ?? notThere(path);
      return { ref: { path, version: 1 }, fingerprint: this.#fingerprint(new Secret(secret)) };
    };
    return {
      put: async (identity, secret, owner, { operation }) => {
        const path = pathOf(identity, operation);
        if (!this.secrets.has(path)) this.secrets.set(path, { secret: secret.reveal(), owner });
        return stored(path);
      },
      find: async (identity, operation) => {
        const path = pathOf(identity, operation);
        const there = this.secrets.get(path);
        return there && { stored: stored(path), owner: there.owner };
      },
      get: async ({ path }) => new Secret((this.secrets.get(path) ?? notThere(path)).secret),
      read: async (path) => stored(path),
      destroy: async ({ path }) => {
        if (!path.startsWith('keyturn/')) throw new KeyturnError('denied', 'Keyturn did not put that there');
        this.secrets.delete(path);
      },
      preflight: async () => ({ is: 'yes', because: 'the store takes writes', at: new Date().toISOString() }),
    };
  }
}

function notThere(path: string): never {
  throw new KeyturnError('not_found', `nothing rests at ${path}`);
}

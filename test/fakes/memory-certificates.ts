import { createPrivateKey, createPublicKey } from 'node:crypto';
import { bundleOf } from '../../src/certificates/bundle.ts';
import { drawKey, fingerprintOf } from '../../src/certificates/signing-key.ts';
import { signingRequest } from '../../src/certificates/signing-request.ts';
import type { AuthorityPort, IssuedCertificate } from '../../src/contract/authorities.ts';
import { Secret } from '../../src/contract/secret.ts';
import { MemoryAuthority } from './memory-authority.ts';
import { MemoryCredentials } from './memory-credentials.ts';
import type { MemoryStore } from './memory-store.ts';

export const names = ['orders.example.com'];

/**
 * The certificates of an authority in memory, as the credentials that they are: what it has signed and not revoked works, for who
 * has the key. The authority never sees a key, so the one of a new certificate is looked for in the store.
 */
export class MemoryCertificates extends MemoryCredentials {
  readonly authority: MemoryAuthority;
  readonly #store: MemoryStore;

  constructor(connection: string, store: MemoryStore) {
    super(connection, 'overlap');
    this.authority = new MemoryAuthority(connection);
    this.#store = store;
  }

  /** One that exists before Keyturn comes; `secret` is the key with the chain. */
  async addFirst(): Promise<{ id: string; secret: string }> {
    const key = await drawKey('ecdsa-p256');
    const request = await signingRequest(key, { names, lifetimeMs: 86_400_000 });
    const issued = await this.authority.port().enroll(request, { operation: 'first', signal: AbortSignal.any([]) });
    return this.add(issued.ref.serial, bundleOf(key, issued).reveal());
  }

  authorityPort(): AuthorityPort {
    const real = this.authority.port();
    return {
      ...real,
      enroll: async (request, call) => {
        const issued = await real.enroll(request, call);
        if (!this.credentials.some(({ id }) => id === issued.ref.serial)) this.#add(issued);
        return issued;
      },
      revoke: async (certificate, reason, call) => {
        await real.revoke(certificate, reason, call);
        const at = this.credentials.findIndex(({ id }) => id === certificate.ref.serial);
        if (at >= 0) this.credentials.splice(at, 1);
      },
    };
  }

  /** Whether a key rests in the store, alone or with a chain. */
  holdsKeyOf(publicKey: string): boolean {
    return this.#keyOf(publicKey) !== undefined;
  }

  #add(issued: IssuedCertificate): void {
    const key = this.#keyOf(issued.publicKey);
    this.add(issued.ref.serial, key ? bundleOf(key, issued).reveal() : 'lost', new Date().toISOString());
  }

  #keyOf(publicKey: string): Secret | undefined {
    const keys = [...this.#store.secrets.values()].map(({ secret }) => createPrivateKey(secret));
    const found = keys.find((key) => fingerprintOf(createPublicKey(key)) === publicKey);
    return found && new Secret(found.export({ type: 'pkcs8', format: 'pem' }).toString());
  }
}

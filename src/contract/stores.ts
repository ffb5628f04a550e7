import type { Read, Write } from './call.ts';
import type { CredentialRef, SecretRef, StoredSecret } from './references.ts';
import type { Secret } from './secret.ts';
import type { Verdict } from './verdict.ts';

/**
 * The port to the secret store. Activities alone hold it; a secret is in it before anybody needs it (I2).
 *
 * Held by the conformance suite: one operation puts one secret, and a second put of the same operation returns the first
 * one's version and fingerprint, whatever it brings; `destroy` of the absent resolves.
 */
export interface StorePort {
  put(identity: string, secret: Secret, owner: CredentialRef | undefined, call: Write): Promise<StoredSecret>;
  /** What the operation has put, or `undefined` when it has put nothing. */
  find(identity: string, operation: string, call: Read): Promise<Sealed | undefined>;
  /** Throws `not_found` for what was never put or was destroyed. */
  get(ref: SecretRef, call: Read): Promise<Secret>;
  /** Version and fingerprint of what rests at a path that somebody else wrote: how an existing credential is adopted. */
  read(path: string, call: Read): Promise<StoredSecret>;
  /** Makes the secret unrecoverable. Refuses (`denied`) what Keyturn did not put: what we did not create we never delete. */
  destroy(ref: SecretRef, call: Write): Promise<void>;
  preflight(identity: string, call: Read): Promise<Verdict>;
}

export interface Sealed {
  readonly stored: StoredSecret;
  /** The credential that the secret belongs to, where the provider chose it and so named it. */
  readonly owner: CredentialRef | undefined;
}

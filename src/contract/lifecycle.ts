import type { IdentityRecord, Waiver } from './identity.ts';
import type { Credential } from './references.ts';

/** Who holds an identity: one operation, named by its run. */
export interface Holder {
  readonly operation: string;
  readonly verb: string;
  readonly workflowId: string;
  readonly runId: string;
  /** Who asked for the operation: a claim. */
  readonly requestedBy?: string;
}

export interface Hold extends Holder {
  readonly since: string;
  /** The new credential, from the moment before the first consumer is moved to it. */
  readonly successor?: Credential;
  /** The one in use until then, and where its secret rests: what is delivered may overwrite the place where it was adopted from. */
  readonly replaces?: Credential;
}

/** The answer to an operation that asks for the hold. */
export type Opened =
  | { readonly opened: true; readonly record: IdentityRecord }
  | {
      readonly opened: false;
      readonly code: 'identity_busy' | 'identity_contained' | 'conflict';
      readonly because: string;
    };

/** What a holder tells of the new credential: `next` before the first consumer is moved to it, `current` once the old one is dead. */
export interface Succession {
  readonly operation: string;
  readonly successor: Credential;
  readonly replaces?: Credential;
  readonly as: 'next' | 'current';
}

/** An operation's last word about an identity. Without `current` the credential in use is the one it found. */
export interface Closing {
  readonly operation: string;
  readonly result: string;
  readonly current?: Credential;
  readonly waivers: readonly Waiver[];
}

/** All that the lifecycle of an identity tells who asks. */
export interface LifecycleRecord extends IdentityRecord {
  readonly hold?: Hold;
  /** When the next rotation is due, RFC 3339. */
  readonly dueAt?: string;
  readonly lastRotation?: string;
}

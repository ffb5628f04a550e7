import type { IdentityRecord, Waiver } from './identity.ts';
import type { Credential } from './references.ts';

/** Who holds an identity: one operation, named by its run. */
export interface Holder {
  readonly operation: string;
  readonly verb: string;
  readonly workflowId: string;
  readonly runId: string;
}

export interface Hold extends Holder {
  readonly since: string;
  /** The new credential, from the moment before the first consumer is moved to it. */
  readonly successor?: Credential;
}

/** The answer to an operation that asks for the hold. */
export type Opened =
  | { readonly opened: true; readonly record: IdentityRecord }
  | {
      readonly opened: false;
      readonly code: 'identity_busy' | 'identity_contained' | 'conflict';
      readonly because: string;
    };

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

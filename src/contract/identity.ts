import { identityFields, type IdentitySpec } from './identity-fields.ts';
import { identityProblems } from './identity-problems.ts';
import type { Credential } from './references.ts';

export type { CertificateSpec, ConsumerSpec, DeclaredIdentity, GateSpec, IdentitySpec } from './identity-fields.ts';

/** One identity: its fields, and what must hold between them. The manifest and `declare` both parse with this. */
export const identitySpec = identityFields.check(({ value, issues }) => {
  for (const problem of identityProblems(value)) issues.push({ code: 'custom', input: value, ...problem });
});

/** What the lifecycle of an identity knows, and the answer to an operation that takes the hold. */
export interface IdentityRecord {
  readonly spec: IdentitySpec;
  readonly state: IdentityState;
  /** The credential that consumers should run on; absent until the first operation has adopted the declared one. */
  readonly current?: Credential;
  /** What an operation that ended without its own word (terminated, deleted) had left behind, for the next one to settle. */
  readonly interrupted?: Interrupted;
  readonly exceptions: readonly Waiver[];
  /** Set while the identity is contained, and no other operation but its re-opening may begin. */
  readonly containment?: Containment;
}

/** Who had an identity contained, and since when: somebody else has to re-open it. */
export interface Containment {
  readonly since: string;
  readonly operations: readonly string[];
  readonly requestedBy: readonly string[];
}

export type IdentityState = 'active' | 'rotating' | 'contained' | 'offboarded';

export interface Interrupted {
  readonly operation: string;
  /** Operations before it that nobody has settled either. */
  readonly earlier?: readonly string[];
  /** Set once the new credential was handed to consumers; before that the operation can be undone by its operation id. */
  readonly successor?: Credential;
  /** The one that consumers were on before, known from then on as well. */
  readonly replaces?: Credential;
}

/** A named person took the risk that one thing was not confirmed: a consumer, or the end of a credential (I3). */
export interface Waiver {
  readonly consumer: string;
  readonly by: string;
  readonly reason: string;
  readonly at: string;
  readonly operation: string;
}

import type { Read, Write } from './call.ts';
import type { CredentialRef } from './references.ts';
import type { Secret } from './secret.ts';
import type { Verdict } from './verdict.ts';

/**
 * The port to a system that issues credentials. What a system can't do is absent, never a stub.
 *
 * Held by the conformance suite: writes converge when repeated with one operation id; revoking the absent and disabling the
 * disabled resolve; nothing is touched but what was handed in; a lost answer to a write is `outcome_unknown` and an
 * unanswered question is the verdict `unknown`; errors are {@link KeyturnError}. Adapters do not order: issue, deliver,
 * verify, disable and revoke are ordered by the runbook alone.
 */
export interface CredentialPort {
  /** How many credentials of one account can be live at once; `null`: no limit. At 1 a rotation is in-place and has an interruption. */
  readonly maxLive: number | null;
  readonly mint: MintedThere | MintedHere;
  /** Every credential of the account that could authenticate or be enabled to, whoever made it. Revoked ones are gone. */
  list(account: string, call: Read): Promise<readonly CredentialState[]>;
  /**
   * Does the credential authenticate *now*, at the real system? `yes` and `no` need the system's own positive word: a
   * timeout, a proxy's page or an unknown status is `unknown` (F25).
   */
  verify(ref: CredentialRef, secret: Secret, call: Read): Promise<Verdict>;
  /** Makes the credential unusable for good. Already gone is done. Open sessions may live on: see `endSessions`. */
  revoke(ref: CredentialRef, call: Write): Promise<void>;
  /** A reversible stop. Both come together or not at all; the second call of either resolves. */
  readonly suspension?: {
    disable(ref: CredentialRef, call: Write): Promise<void>;
    enable(ref: CredentialRef, call: Write): Promise<void>;
  };
  lastUse?(ref: CredentialRef, call: Read): Promise<LastUse>;
  /** Ends what was opened with the credential and outlives it. Returns when none is left, or throws `unavailable`. */
  endSessions?(ref: CredentialRef, call: Write): Promise<void>;
  /** What outlives a credential although its sessions were ended, and how long: a sentence for people. Absent: nothing does. */
  readonly outlives?: string;
  /** Can this connection do what a rotation of the account needs? Changes nothing. */
  preflight?(account: string, call: Read): Promise<Verdict>;
}

/** The provider chooses the secret and shows it once: a lost answer leaves an orphan, which `list` shows. */
export interface MintedThere {
  readonly at: 'provider';
  /** Not repeatable: each call that reaches the system makes one more credential. `limit_reached` when the slots are full. */
  issue(account: string, call: Write): Promise<Issued>;
}

/** We choose the secret: it is sealed in the store before it is installed, so a retry installs the same one. */
export interface MintedHere {
  readonly at: 'home';
  draw(): Secret;
  /**
   * Makes `secret` a working credential of the account. `replacing` is the one in use, which must keep working unless
   * `maxLive` is 1. Installing the same secret again returns the same reference.
   */
  install(account: string, secret: Secret, replacing: CredentialRef | undefined, call: Write): Promise<CredentialRef>;
  /** The probe after a lost answer: the credential that this secret is installed as, or `undefined` when it is not. */
  find(account: string, secret: Secret, call: Read): Promise<CredentialRef | undefined>;
}

export interface Issued {
  readonly ref: CredentialRef;
  readonly secret: Secret;
}

export interface CredentialState {
  readonly ref: CredentialRef;
  readonly status: 'live' | 'disabled';
  /** RFC 3339, or `unknown` where the system does not keep it. */
  readonly createdAt: string;
}

export interface LastUse {
  /** RFC 3339; `never` only where the system says so itself; else `unknown`. */
  readonly at: string;
  /** How far the system's own record may lag behind, in seconds: "not used" is only true up to here. */
  readonly lagSeconds: number;
}

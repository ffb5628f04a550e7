import type { Read, Write } from './call.ts';
import type { CredentialRef, Fingerprint } from './references.ts';
import type { Secret } from './secret.ts';
import type { Verdict } from './verdict.ts';

/** The port to a workload that uses a credential: one that a machine moves, or one that a person moves. */
export type ConsumerPort = MovedByMachine | MovedByPerson;

/**
 * A workload that Keyturn moves itself. `target` names it within the connection: a path, a file, a URL's path.
 *
 * Held by the conformance suite: delivering twice leaves what delivering once does; `verify` says `no` to a fingerprint that
 * the workload does not run on, `unknown` when it can't be asked, and `yes` only when it is *running on* it, not when it was sent.
 */
export interface MovedByMachine {
  readonly by: 'machine';
  deliver(target: string, credential: Delivered, call: Write): Promise<void>;
  /** Makes the workload take up what was delivered: reload, restart, roll out. Absent where it does so by itself. */
  apply?(target: string, call: Write): Promise<void>;
  verify(target: string, running: Fingerprint, call: Read): Promise<Verdict>;
  /** Could `deliver` and `apply` succeed, as far as can be seen without changing anything? */
  preflight?(target: string, call: Read): Promise<Verdict>;
}

/** A workload that a person outside moves; they confirm it at a gate, and their name stands for the verdict. */
export interface MovedByPerson {
  readonly by: 'person';
  /** What the person is asked to do, in a sentence or two; shown at the gate beside the place where the secret rests. */
  readonly instructions: string;
}

export interface Delivered {
  readonly ref: CredentialRef;
  readonly secret: Secret;
  /** Delivered beside the secret, so that a workload can report what it runs on without knowing the installation's key. */
  readonly fingerprint: Fingerprint;
}

import type { Read, Write } from './call.ts';
import type { Verdict } from './verdict.ts';

/**
 * The port to what an account may do at a system beyond being able to log in: memberships, privileges, policies. What a system
 * can't do is absent, never a stub.
 *
 * Held by the conformance suite: writes converge when repeated, and gone is done; nothing is touched but the one entitlement that
 * was handed in, neither another one of the account nor what others hold because of it; a lost answer to a write is
 * `outcome_unknown`, and an unanswered question an error or the verdict `unknown`; errors are {@link KeyturnError}.
 */
export interface EntitlementPort {
  /**
   * Everything that the account itself holds, whoever gave it; each stands there once. What it has by way of something else, a
   * group say, is that other thing's, and what everybody has is nobody's. `not_found` where the system knows no such account, and
   * `unavailable` where it can't tell the whole of it: an empty list says that nothing is held.
   */
  list(account: string, call: Read): Promise<readonly Entitlement[]>;
  /**
   * Does the account itself hold it *now*? `yes` and `no` are the system's own word; `unknown` where it can't be asked, and where
   * it knows no such account, since the wrong system would say the same. `no` to what the account has never held.
   */
  prove(account: string, id: string, call: Read): Promise<Verdict>;
  /**
   * Takes the entitlement away. Gone is done, and so is an account that is gone. `conflict`, with nothing changed, for what can't
   * be taken away without taking it from others too, or what a person has to hand over: see {@link Entitlement.byHand}.
   */
  remove(account: string, id: string, call: Write): Promise<void>;
  /** Gives it; held already is done. `invalid_request` for what an id alone does not say enough of, `not_found` for what does not exist. */
  grant?(account: string, id: string, call: Write): Promise<void>;
  /** Could this connection take away what the account holds, as far as can be seen without changing anything? */
  preflight?(account: string, call: Read): Promise<Verdict>;
}

export interface Entitlement {
  /**
   * Names it within the account, in one line of at most 1000 characters that its provider can parse. The same for as long as it is
   * held, and again when it is given again. An `id` that is none of the provider's is `invalid_request`.
   */
  readonly id: string;
  /** What it is, in one line of at most 2000 characters for a person. Names in it are the system's own; nothing else of the system's text is. */
  readonly what: string;
  /** What a person must do before it can go. Absent: `remove` takes it away. */
  readonly byHand?: string;
}

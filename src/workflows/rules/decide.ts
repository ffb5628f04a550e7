import type { Confirm, GateState } from '../../contract/messages.ts';

/** What a gate knows when somebody decides. */
export interface GateFacts {
  readonly state: GateState;
  readonly plan: string;
  readonly approvers: readonly string[];
  /** Who asked for the operation, and for what it is about. */
  readonly requesters: readonly string[];
  /** Whether a requester may decide as well: true only for what changes nothing that was not changed already. */
  readonly harmless: boolean;
  readonly rejectable: boolean;
  readonly reasonRequired: boolean;
  readonly given: readonly string[];
}

export interface Ruling {
  readonly do: 'count' | 'reject' | 'deny';
  readonly reason: DecisionReason;
  readonly message: string;
}

export type DecisionReason =
  | 'gate-closed'
  | 'plan-changed'
  | 'not-an-approver'
  | 'own-request'
  | 'already-given'
  | 'reason-required'
  | 'choice-only'
  | 'accepted';

type Rule = (gate: GateFacts, sent: Confirm) => Ruling | undefined;

/** The order is the specification: the first rule with an answer decides (I8, F18, F19). No list means nobody. */
const rules: readonly Rule[] = [
  ({ state }) => (state === 'open' ? undefined : deny('gate-closed', `this gate is ${state}; a decision is final`)),
  ({ plan }, sent) =>
    sent.plan === undefined || sent.plan === plan
      ? undefined
      : deny(
          'plan-changed',
          `the decision names plan ${sent.plan.slice(0, 19)}…, but this gate asks about ${plan.slice(0, 19)}…`,
        ),
  ({ approvers }, sent) =>
    approvers.some((person) => same(person, sent.approver))
      ? undefined
      : deny('not-an-approver', `${sent.approver} is not among the people who may decide here`),
  ({ harmless, requesters }, sent) =>
    !harmless && requesters.some((person) => same(person, sent.approver))
      ? deny('own-request', `${sent.approver} asked for this, so somebody else must decide`)
      : undefined,
  ({ given }, sent) =>
    given.some((person) => same(person, sent.approver))
      ? deny('already-given', `${sent.approver} has decided here already; the next decision must be somebody else's`)
      : undefined,
  ({ reasonRequired }, sent) =>
    reasonRequired && sent.decision === 'approve' && !sent.comment
      ? deny('reason-required', 'a reason must stand in the comment')
      : undefined,
  ({ rejectable }, { decision }) =>
    decision === 'reject' && !rejectable
      ? deny('choice-only', 'this is one choice of several: approve one of them instead')
      : undefined,
];

export function decide(gate: GateFacts, sent: Confirm): Ruling {
  for (const rule of rules) {
    const ruling = rule(gate, sent);
    if (ruling) return ruling;
  }
  return {
    do: sent.decision === 'approve' ? 'count' : 'reject',
    reason: 'accepted',
    message: `${sent.approver} decided: ${sent.decision}`,
  };
}

function deny(reason: DecisionReason, message: string): Ruling {
  return { do: 'deny', reason, message };
}

/** Names are compared without case and outer blanks, so that `Dana@…` does not count as a second person beside `dana@…`. */
export function same(one: string, other: string): boolean {
  return one.trim().toLowerCase() === other.trim().toLowerCase();
}

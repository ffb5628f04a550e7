import type { GateSpec } from '../../contract/identity.ts';
import type { Approval, GateState } from '../../contract/messages.ts';

/** What a person is asked: bound to exactly what an approval will do. */
export interface Question {
  readonly id: string;
  readonly question: string;
  readonly commands: readonly string[];
  readonly evidence: readonly string[];
  readonly spec: GateSpec;
  /** The requester may decide as well, and one is enough: for what takes no way back away. */
  readonly harmless?: boolean;
  readonly reasonRequired?: boolean;
  /** Who may not decide either: those who asked for what this is about. */
  readonly notBy?: readonly string[];
}

export interface Decided {
  readonly state: Exclude<GateState, 'open'>;
  readonly id: string;
  readonly approvals: readonly Approval[];
}

export interface Gate extends Omit<Question, 'id'> {
  readonly id: string;
  readonly plan: string;
  readonly rejectable: boolean;
  readonly openedAt: number;
  readonly expiresAt: number | null;
  approvals: Approval[];
  approvers: readonly string[];
  state: GateState;
  nextReminder: number;
}

/** How many distinct people must approve. */
export function needed(gate: Gate): number {
  return gate.harmless ? 1 : gate.spec.required;
}

/** When time alone may next change something at this gate, in milliseconds since the epoch; infinity for never. */
export function nextMoment(gate: Gate): number {
  const escalation =
    gate.spec.escalate && gate.approvers === gate.spec.approvers
      ? gate.openedAt + gate.spec.escalate.after
      : Number.POSITIVE_INFINITY;
  return Math.min(gate.expiresAt ?? Number.POSITIVE_INFINITY, gate.nextReminder, escalation);
}

/**
 * What other programs send to a running operation and read from it. This file has no dependency, so that workflows, clients
 * and the workers of strangers can all import it.
 */
export const taskQueue = 'keyturn';

export const messages = {
  confirm: 'confirm',
  pause: 'pause',
  resume: 'resume',
  abort: 'abort',
  status: 'status',
  journal: 'journal',
} as const;

/** Updates and queries of `identityLifecycle`, sent by activities and by `apply`. */
export const lifecycleMessages = {
  declare: 'declare',
  open: 'open',
  note: 'note',
  close: 'close',
  record: 'record',
} as const;

export interface Confirm {
  readonly gate: string;
  readonly decision: 'approve' | 'reject';
  readonly approver: string;
  /** A reason; required where the gate asks for one (a waiver). */
  readonly comment?: string;
  /** The plan hash that the approver saw; a decision that names another plan is denied. */
  readonly plan?: string;
  readonly proof?: string;
}

export interface ConfirmAnswer {
  readonly gate: string;
  readonly outcome: 'accepted' | 'denied';
  readonly because: string;
  readonly state: GateState;
  readonly given: number;
  readonly needed: number;
}

export interface Order {
  readonly by: string;
  readonly reason: string;
}

export type GateState = 'open' | 'approved' | 'rejected' | 'expired' | 'void';

export interface GateStatus {
  readonly id: string;
  readonly question: string;
  /** The exact commands that an approval unlocks, in order. */
  readonly commands: readonly string[];
  /** What was seen, for the person who decides. */
  readonly evidence: readonly string[];
  /** `sha256:` over the canonical JSON (RFC 8785) of run, gate, question, commands and evidence. */
  readonly plan: string;
  readonly approvers: readonly string[];
  readonly needed: number;
  readonly given: readonly Approval[];
  readonly state: GateState;
  readonly expiresAt: string | null;
  readonly reasonRequired: boolean;
}

export interface Approval {
  readonly by: string;
  readonly at: string;
  readonly proof: 'unproven';
  readonly comment?: string;
}

export interface StepStatus {
  readonly step: string;
  readonly object: string;
  readonly state: 'running' | 'done' | 'failed' | 'undone';
  readonly startedAt: string;
  readonly endedAt?: string;
  readonly because?: string;
}

export interface OperationStatus {
  readonly operation: string;
  readonly identity: string;
  readonly stage: Stage;
  /** Which credentials can authenticate at this moment, as far as this run has seen. */
  readonly live: readonly string[];
  readonly steps: readonly StepStatus[];
  readonly gates: readonly GateStatus[];
  readonly paused: Order | null;
  readonly outcome: OperationOutcome | null;
}

/** The value of the search attribute `KeyturnStage`. */
export type Stage =
  | 'starting'
  | 'checking'
  | 'issuing'
  | 'moving-consumers'
  | 'awaiting-confirmation'
  | 'retiring'
  | 'undoing'
  | 'paused'
  | 'done'
  | 'rolled-back';

export interface JournalEntry {
  readonly at: string;
  readonly step: string;
  readonly command: string;
  readonly object: string;
  readonly verdict: 'yes' | 'no' | 'unknown' | 'accepted' | 'denied' | 'failed' | 'note';
  readonly because: string;
  readonly references?: Readonly<Record<string, string>>;
}

/** How an operation ended. `rolled-back` and `planned` leave the identity as it was found. */
export interface OperationOutcome {
  readonly result: 'completed' | 'planned' | 'rolled-back';
  /** Why it was rolled back, as an error code; absent where a person decided so. */
  readonly code?: string;
  readonly because: string;
  readonly plan?: PlanSummary;
  readonly from?: string;
  readonly to?: string;
  /** Credentials that exist and that Keyturn did not make; they are named and left alone (I5). */
  readonly found: readonly string[];
}

export interface PlanSummary {
  readonly strategy: 'overlap' | 'alternate' | 'in-place';
  readonly commands: readonly string[];
  readonly hash: string;
}

/** A payload as it may come from anywhere: parsed without ever throwing, since a throw in a signal handler wedges the run. */
export type Parsed<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly because: string };

export function parseConfirm(raw: unknown): Parsed<Confirm> {
  if (!isRecord(raw))
    return refuse('confirm: expected one object { gate, decision, approver, comment?, plan?, proof? }');
  const { gate, decision, approver, comment, plan, proof, ...rest } = raw;
  const stranger = Object.keys(rest)[0];
  if (stranger !== undefined) return refuse(`confirm: field ${quote(stranger)} is not known`);
  if (!isText(gate, 200)) return refuse('confirm.gate: expected the id of a gate');
  if (decision !== 'approve' && decision !== 'reject')
    return refuse('confirm.decision: expected "approve" or "reject"');
  if (!isText(approver, 200)) return refuse('confirm.approver: expected who decides, 1 to 200 characters');
  if (comment !== undefined && !isText(comment, 2_000)) return refuse('confirm.comment: expected 1 to 2000 characters');
  if (plan !== undefined && !isText(plan, 100)) return refuse('confirm.plan: expected the plan hash shown at the gate');
  if (proof !== undefined && !isText(proof, 16_384)) return refuse('confirm.proof: expected at most 16384 characters');
  return { ok: true, value: { gate, decision, approver, ...defined({ comment, plan, proof }) } };
}

export function parseOrder(raw: unknown): Parsed<Order> {
  if (!isRecord(raw)) return refuse('expected one object { by, reason }');
  if (!isText(raw['by'], 200)) return refuse('by: expected who asks, 1 to 200 characters');
  if (!isText(raw['reason'], 1_000)) return refuse('reason: expected 1 to 1000 characters');
  return { ok: true, value: { by: raw['by'], reason: raw['reason'] } };
}

function defined<Fields extends Record<string, unknown>>(
  fields: Fields,
): { [Key in keyof Fields]?: NonNullable<Fields[Key]> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
}

function refuse(because: string): { ok: false; because: string } {
  return { ok: false, because };
}

function isRecord(raw: unknown): raw is Record<string, unknown> {
  return typeof raw === 'object' && raw !== null && !Array.isArray(raw);
}

function isText(raw: unknown, most: number): raw is string {
  return typeof raw === 'string' && raw.length > 0 && raw.length <= most;
}

function quote(text: string): string {
  return JSON.stringify(text.slice(0, 60));
}

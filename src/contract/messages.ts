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
  /** From the lifecycle: somebody else may hold the identity now, so look. */
  yield: 'yield',
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
  /** What is not as it should be and is tried again all the time, such as ACCESS STILL LIVE and where. */
  readonly alarms: readonly string[];
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
  | 'containing'
  | 'reviewing'
  | 'offboarding'
  | 'watching'
  | 'undoing'
  | 'paused'
  | 'done'
  | 'rolled-back'
  | 'stopped';

export interface JournalEntry {
  readonly at: string;
  readonly step: string;
  readonly command: string;
  readonly object: string;
  readonly verdict: 'yes' | 'no' | 'unknown' | 'accepted' | 'denied' | 'failed' | 'note';
  readonly because: string;
  readonly references?: Readonly<Record<string, string>>;
}

/**
 * How an operation ended. `rolled-back` and `planned` leave the identity as it was found; `stopped` leaves it as it stands to
 * the operation that holds it now.
 */
export interface OperationOutcome {
  readonly result: 'completed' | 'planned' | 'rolled-back' | 'stopped';
  /** Why it was rolled back or stopped, as an error code; absent where a person decided so. */
  readonly code?: string;
  readonly because: string;
  readonly plan?: PlanSummary;
  readonly from?: string;
  readonly to?: string;
  /** Credentials that exist and that Keyturn did not make; they are named and left alone (I5). After a containment: those that live. */
  readonly found: readonly string[];
  /** Of a containment: the seconds from its start until every credential was disabled, revoked, and shown to be refused. */
  readonly seconds?: { readonly disabled: number; readonly revoked: number; readonly proven: number };
  /** Of an offboarding: everything that the identity had, and what became of each. */
  readonly items?: readonly Item[];
  /** What outlives a revocation at the provider, and how long. */
  readonly residual?: string;
}

/** One thing that an identity had: a consumer, a credential, an entitlement, a secret in the store, its schedule. */
export interface Item {
  readonly what: string;
  /** What became of it, and on whose word where a person decided. */
  readonly became: string;
}

export interface PlanSummary {
  /** How a rotation goes about it. */
  readonly strategy?: 'overlap' | 'alternate' | 'in-place';
  readonly commands: readonly string[];
  readonly hash: string;
}

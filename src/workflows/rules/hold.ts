import type { Containment, IdentityRecord, IdentitySpec, Interrupted, Waiver } from '../../contract/identity.ts';
import type { Closing, Hold, Holder, Succession } from '../../contract/lifecycle.ts';
import type { Credential } from '../../contract/references.ts';

/** All that the lifecycle of an identity knows: plain JSON, since it is carried through every continue-as-new. */
export interface LifecycleState {
  readonly id: string;
  readonly spec?: IdentitySpec;
  readonly state: IdentityRecord['state'];
  readonly current?: Credential;
  readonly hold?: Hold;
  readonly interrupted?: Interrupted;
  readonly exceptions: readonly Waiver[];
  /** The last operations that ended, by their own word or without it: none of them gets the hold again. */
  readonly closed: readonly string[];
  /** When the next rotation is due, RFC 3339. */
  readonly dueAt?: string;
  readonly lastRotation?: string;
  /** How often people were told that what was due at `dueAt` has not ended. */
  readonly alarms?: number;
  /** Set while it is contained. */
  readonly containment?: Containment;
  /** How often people were told that the current certificate comes to its end. */
  readonly deadlines?: number;
  /** When it was first declared to rotate: what the first rotation is counted from. */
  readonly declaredAt?: string;
}

const keptClosed = 50;
const keptExceptions = 100;
const keptInterrupted = 20;
const keptContainments = 20;

export function begin(id: string): LifecycleState {
  return { id, state: 'active', exceptions: [], closed: [] };
}

/** The operation that takes an identity away from whatever holds it, and the only one that ends what it began. */
const contains = 'containCompromise';
const reopens = 'reopenIdentity';
const offboards = 'offboardIdentity';

/**
 * May this operation take the hold now? A holder that no longer runs is taken out before this is asked. Containment takes it from
 * every operation but another containment, and what is contained is open to nothing but that, its re-opening and its end.
 */
export function judgeOpening({ state, hold, closed }: LifecycleState, { operation, verb }: Holder): Opening {
  if (hold?.operation === operation) return { may: true, because: 'it holds the identity already' };
  if (closed.includes(operation))
    return { may: false, code: 'conflict', because: 'this operation has ended, or has lost the hold' };
  const mayWhileContained = verb === contains || verb === reopens || verb === offboards;
  if (state === 'offboarded' || (state === 'contained' && !mayWhileContained))
    return { may: false, code: 'identity_contained', because: `the identity is ${state}` };
  if (state !== 'contained' && verb === reopens)
    return { may: false, code: 'conflict', because: `the identity is ${state}: there is nothing to re-open` };
  if (!hold) return { may: true, because: 'nobody holds it' };
  const whose = `${hold.verb} ${hold.workflowId} has held it since ${hold.since}`;
  if (verb === contains && hold.verb !== contains) return { may: true, because: `${whose}, and is told to stop` };
  return { may: false, code: 'identity_busy', because: whose };
}

/** Whether it has to be known that the holder still runs: not where the hold is taken from him either way. */
export function mattersToOpen({ hold }: LifecycleState, { operation, verb }: Holder): boolean {
  return hold !== undefined && hold.operation !== operation && (verb !== contains || hold.verb === contains);
}

/** Whether somebody lost the hold to somebody else. */
export function tookOver({ hold: before }: LifecycleState, { hold: after }: LifecycleState): boolean {
  return before !== undefined && after !== undefined && before.operation !== after.operation;
}

export interface Opening {
  readonly may: boolean;
  readonly code?: 'identity_busy' | 'identity_contained' | 'conflict';
  readonly because: string;
}

/** Gives the hold. Whoever had it until now has lost it, and what he had told of is kept. */
export function taken(state: LifecycleState, holder: Holder, at: string): LifecycleState {
  if (holds(state, holder.operation)) return state;
  const hold = { ...holder, since: at };
  if (holder.verb === contains) return { ...lost(state), state: 'contained', hold, containment: joined(state, hold) };
  return { ...state, state: state.state === 'contained' ? 'contained' : 'rotating', hold };
}

function joined({ containment }: LifecycleState, { since, operation, requestedBy }: Hold): Containment {
  return {
    since: containment?.since ?? since,
    operations: [...(containment?.operations ?? []), operation].slice(-keptContainments),
    requestedBy: [...(containment?.requestedBy ?? []), ...(requestedBy ? [requestedBy] : [])].slice(-keptContainments),
  };
}

/** The holder ended without its last word, or was made to. What it had told of is kept for the next operation to settle. */
export function lost(state: LifecycleState): LifecycleState {
  const { hold, ...rest } = state;
  if (!hold) return state;
  const closed = [...state.closed, hold.operation].slice(-keptClosed);
  const stays = state.state === 'contained' ? 'contained' : 'active';
  return { ...rest, state: stays, closed, interrupted: added(state.interrupted, hold) };
}

/** A leftover with a successor outweighs a later one without: that one had begun by using the same successor. */
function added(before: Interrupted | undefined, { operation, successor, replaces }: Hold): Interrupted {
  if (successor) return { operation, successor, ...(replaces ? { replaces } : {}) };
  if (!before) return { operation };
  if (before.successor) return before;
  return { operation, earlier: [...(before.earlier ?? []), before.operation].slice(-keptInterrupted) };
}

/** Whether what this operation says still counts. */
export function holds({ hold }: LifecycleState, operation: string): boolean {
  return hold?.operation === operation;
}

export function noted(state: LifecycleState, { operation, successor, replaces, as }: Succession): LifecycleState {
  if (state.hold?.operation !== operation) return state;
  const told = { ...state, hold: { ...state.hold, successor, ...(replaces ? { replaces } : {}) } };
  if (as !== 'current') return told;
  const { deadlines: _ofThePrevious, ...rest } = told;
  return { ...rest, current: successor };
}

/** An operation's last word. The second time, and from one that lost the hold meanwhile, it changes nothing. */
export function closedBy(state: LifecycleState, closing: Closing, at: string): LifecycleState {
  if (!holds(state, closing.operation)) return state;
  const { hold, ...rest } = state;
  const closed = [...state.closed, closing.operation].slice(-keptClosed);
  const exceptions = [...state.exceptions, ...closing.waivers].slice(-keptExceptions);
  const ended = { ...rest, closed, exceptions };
  if (hold?.verb === contains) return endContainment(ended, closing);
  if (hold?.verb === offboards) return endOffboarding(ended, closing);
  if (hold?.verb === reopens) return closing.result === 'completed' ? released(ended) : ended;
  return endRotation(ended, closing, at);
}

function endRotation(state: LifecycleState, { result, current }: Closing, at: string): LifecycleState {
  const { interrupted, dueAt: _due, alarms, deadlines, ...rest } = state;
  // With a new current credential the rotation is done, however its last steps ended.
  const completed = result === 'completed' || current !== undefined;
  const lastRotation = completed ? at : state.lastRotation;
  return {
    ...rest,
    state: 'active',
    ...(current ? { current } : {}),
    ...(deadlines && !current ? { deadlines } : {}),
    ...(interrupted && !completed ? { interrupted } : {}),
    ...(lastRotation ? { lastRotation } : {}),
    ...(alarms && !completed ? { alarms } : {}),
    ...due(state.spec, lastRotation ?? state.declaredAt),
  };
}

/** Once everything is revoked there is nothing left to settle. A false alarm leaves the identity as it was before. */
function endContainment(state: LifecycleState, { operation, result }: Closing): LifecycleState {
  const { interrupted: _contained, ...rest } = state;
  if (result === 'completed') return rest;
  const first = state.containment?.operations[0] === operation;
  return result === 'rolled-back' && first ? released(state) : state;
}

/** What is out of service has nothing to be settled, due or excepted any more. Otherwise it is as it was before. */
function endOffboarding(state: LifecycleState, { result }: Closing): LifecycleState {
  if (result !== 'completed') return { ...state, state: state.containment ? 'contained' : 'active' };
  const { id, spec, closed } = state;
  return { id, closed, exceptions: [], state: 'offboarded', ...(spec ? { spec } : {}) };
}

function released({ containment: _over, ...rest }: LifecycleState): LifecycleState {
  return { ...rest, state: 'active' };
}

export function declaredAs(state: LifecycleState, spec: IdentitySpec, at: string): LifecycleState {
  if (state.state === 'offboarded') return { ...state, spec };
  const { dueAt: _due, ...rest } = state;
  const declaredAt = state.declaredAt ?? at;
  return { ...rest, spec, declaredAt, ...due(spec, state.lastRotation ?? declaredAt) };
}

function due(spec: IdentitySpec | undefined, since: string | undefined): { dueAt?: string } {
  if (!spec?.rotate || !since) return {};
  return { dueAt: new Date(Date.parse(since) + spec.rotate.every).toISOString() };
}

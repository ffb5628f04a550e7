import type { IdentityRecord, IdentitySpec, Interrupted, Waiver } from '../../contract/identity.ts';
import type { Closing, Hold, Holder } from '../../contract/lifecycle.ts';
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
  /** When it was first declared to rotate: what the first rotation is counted from. */
  readonly declaredAt?: string;
}

const keptClosed = 50;
const keptExceptions = 100;
const keptInterrupted = 20;

export function begin(id: string): LifecycleState {
  return { id, state: 'active', exceptions: [], closed: [] };
}

/** May this operation take the hold now? A holder that no longer runs is taken out before this is asked. */
export function judgeOpening({ state, hold, closed }: LifecycleState, { operation }: Holder): Opening {
  if (hold?.operation === operation) return { may: true, because: 'it holds the identity already' };
  if (closed.includes(operation))
    return { may: false, code: 'conflict', because: 'this operation has ended, or has lost the hold' };
  if (state === 'contained' || state === 'offboarded') {
    return { may: false, code: 'identity_contained', because: `the identity is ${state}` };
  }
  if (hold) {
    return {
      may: false,
      code: 'identity_busy',
      because: `${hold.verb} ${hold.workflowId} has held it since ${hold.since}`,
    };
  }
  return { may: true, because: 'nobody holds it' };
}

export interface Opening {
  readonly may: boolean;
  readonly code?: 'identity_busy' | 'identity_contained' | 'conflict';
  readonly because: string;
}

export function taken(state: LifecycleState, holder: Holder, at: string): LifecycleState {
  if (state.hold?.operation === holder.operation) return state;
  return { ...state, state: 'rotating', hold: { ...holder, since: at } };
}

/** The holder ended without its last word. What it had told of is kept for the next operation to settle. */
export function lost(state: LifecycleState): LifecycleState {
  const { hold, ...rest } = state;
  if (!hold) return state;
  const closed = [...state.closed, hold.operation].slice(-keptClosed);
  return { ...rest, state: 'active', closed, interrupted: added(state.interrupted, hold) };
}

/** A leftover with a successor outweighs a later one without: that one had begun by using the same successor. */
function added(before: Interrupted | undefined, { operation, successor }: Hold): Interrupted {
  if (successor) return { operation, successor };
  if (!before) return { operation };
  if (before.successor) return before;
  return { operation, earlier: [...(before.earlier ?? []), before.operation].slice(-keptInterrupted) };
}

export function noted(state: LifecycleState, operation: string, successor: Credential): LifecycleState {
  return state.hold?.operation === operation ? { ...state, hold: { ...state.hold, successor } } : state;
}

/** An operation's last word. The second time, and from one that lost the hold meanwhile, it changes nothing. */
export function closedBy(
  state: LifecycleState,
  { operation, result, current, waivers }: Closing,
  at: string,
): LifecycleState {
  if (state.hold?.operation !== operation) return state;
  const { hold: _given, interrupted, dueAt: _due, ...rest } = state;
  // With a new current credential the rotation is done, however its last steps ended.
  const completed = result === 'completed' || current !== undefined;
  const lastRotation = completed ? at : state.lastRotation;
  return {
    ...rest,
    state: 'active',
    ...(current ? { current } : {}),
    ...(interrupted && !completed ? { interrupted } : {}),
    exceptions: [...state.exceptions, ...waivers].slice(-keptExceptions),
    closed: [...state.closed, operation].slice(-keptClosed),
    ...(lastRotation ? { lastRotation } : {}),
    ...due(state.spec, lastRotation ?? state.declaredAt),
  };
}

export function declaredAs(state: LifecycleState, spec: IdentitySpec, at: string): LifecycleState {
  const { dueAt: _due, ...rest } = state;
  const declaredAt = state.declaredAt ?? at;
  return { ...rest, spec, declaredAt, ...due(spec, state.lastRotation ?? declaredAt) };
}

function due(spec: IdentitySpec | undefined, since: string | undefined): { dueAt?: string } {
  if (!spec?.rotate || !since) return {};
  return { dueAt: new Date(Date.parse(since) + spec.rotate.every).toISOString() };
}

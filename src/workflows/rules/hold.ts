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
  /** The last operations that closed: closing or noting them again changes nothing. */
  readonly closed: readonly string[];
  /** When the next rotation is due, RFC 3339. */
  readonly dueAt?: string;
  readonly lastRotation?: string;
}

const keptClosed = 50;
const keptExceptions = 100;

export function begin(id: string): LifecycleState {
  return { id, state: 'active', exceptions: [], closed: [] };
}

/** May this operation take the hold now? A holder that no longer runs is taken out before this is asked. */
export function judgeOpening(
  { state, hold }: LifecycleState,
  { operation }: Holder,
): { may: boolean; code?: 'identity_busy' | 'identity_contained'; because: string } {
  if (hold?.operation === operation) return { may: true, because: 'it holds the identity already' };
  if (state === 'contained' || state === 'offboarded')
    return { may: false, code: 'identity_contained', because: `the identity is ${state}` };
  if (hold)
    return {
      may: false,
      code: 'identity_busy',
      because: `${hold.verb} ${hold.workflowId} has held it since ${hold.since}`,
    };
  return { may: true, because: 'nobody holds it' };
}

export function taken(state: LifecycleState, holder: Holder, at: string): LifecycleState {
  if (state.hold?.operation === holder.operation) return state;
  return { ...state, state: 'rotating', hold: { ...holder, since: at } };
}

/** The holder ended without its last word. What it had told of is kept for the next operation to settle. */
export function lost(state: LifecycleState): LifecycleState {
  const { hold, ...rest } = state;
  if (!hold) return state;
  const interrupted = { operation: hold.operation, ...(hold.successor ? { successor: hold.successor } : {}) };
  // An earlier leftover with a successor outweighs a later one without: consumers may be on their way to it still.
  const keep = state.interrupted?.successor && !hold.successor ? state.interrupted : interrupted;
  return { ...rest, state: 'active', interrupted: keep };
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
  const { hold: _given, interrupted, ...rest } = state;
  const completed = result === 'completed';
  return {
    ...rest,
    state: 'active',
    ...(current ? { current } : {}),
    ...(interrupted && !completed ? { interrupted } : {}),
    exceptions: [...state.exceptions, ...waivers].slice(-keptExceptions),
    closed: [...state.closed, operation].slice(-keptClosed),
    ...(completed ? { lastRotation: at } : {}),
    ...due(state.spec, completed ? at : state.lastRotation),
  };
}

export function declaredAs(state: LifecycleState, spec: IdentitySpec, at: string): LifecycleState {
  return { ...state, spec, ...due(spec, state.lastRotation ?? at) };
}

function due(spec: IdentitySpec | undefined, since: string | undefined): { dueAt?: string } {
  if (!spec?.rotate || !since) return {};
  return { dueAt: new Date(Date.parse(since) + spec.rotate.every).toISOString() };
}

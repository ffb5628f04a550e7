import { KeyturnError } from '../contract/errors.ts';
import type { Holder } from '../contract/lifecycle.ts';
import type { OperationId } from '../contract/references.ts';
import { bounded, type Call } from './boundary.ts';
import type { ActivityWorld } from './world.ts';

/** In whose name a command is given: only the operation that holds the identity may change anything. */
export interface ByHolder {
  readonly identity: string;
  readonly holder: Holder;
}

/** What every command names that writes: who gives it, and which write it is, so that the second call is known as such. */
export interface Command extends ByHolder {
  readonly operation: OperationId;
}

/**
 * A command that changes something. Each attempt asks first whether its operation still holds the identity: one that was
 * thought dead and comes back, such as a terminated run that somebody resets, would overwrite what another one has made since.
 * Throws `hold_lost`, and has changed nothing then.
 */
export function whileHeld<Input extends ByHolder, Output>(
  world: ActivityWorld,
  act: (input: Input, call: Call) => Promise<Output>,
): (input: Input) => Promise<Output> {
  return bounded(async (input: Input, call) => {
    await insistOnHold(world, input);
    return act(input, call);
  });
}

/** A lifecycle that was lost and declared anew knows of no holder: it gets to know the one that there is. */
async function insistOnHold({ lifecycles }: ActivityWorld, { identity, holder }: ByHolder): Promise<void> {
  const held = await lifecycles.holderOf(identity);
  if (held === holder.operation) return;
  if (held === undefined && (await lifecycles.open(identity, holder)).opened) return;
  throw new KeyturnError(
    'hold_lost',
    `${holder.operation} no longer holds ${identity}; ${held === undefined ? 'it has ended once already' : `${held} does`}`,
  );
}

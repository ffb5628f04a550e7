import type { IdentityRecord } from '../contract/identity.ts';
import type { Credential } from '../contract/references.ts';
import type { Call } from './boundary.ts';
import { adopt } from './survey.ts';
import type { ActivityWorld } from './world.ts';

/** The credentials that a record names: the current one, what an operation was about to make current, and what it was to replace. */
export function namedBy({ current, interrupted }: IdentityRecord): Credential[] {
  return [current, interrupted?.successor, interrupted?.replaces].filter((each) => each !== undefined);
}

/** The same, and where there is none yet the one to adopt. */
export async function recorded(world: ActivityWorld, record: IdentityRecord, call: Call): Promise<Credential[]> {
  const { current, interrupted, spec } = record;
  const known = namedBy(record);
  // Once something was delivered the place to adopt from may hold the secret of another one.
  if (!current && !interrupted?.successor && spec.credential.adopt) known.push(await adopt(world, record, call));
  return known;
}

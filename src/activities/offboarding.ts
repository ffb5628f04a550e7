import type { SecretRef } from '../contract/references.ts';
import { bounded, type Call } from './boundary.ts';
import { keyName } from './certificates.ts';
import type { Sought } from './exposed-certificates.ts';
import { whileHeld, type ByHolder, type Command } from './held.ts';
import { namedBy } from './recorded.ts';
import { destroyOurs } from './retirement.ts';
import type { ActivityWorld } from './world.ts';

/** What takes an identity out of service besides its credentials. */
export function offboardingActivities(world: ActivityWorld) {
  return {
    /** Where secrets of the identity rest, as far as is known: what the record names, and what interrupted operations had sealed. */
    findSecrets: bounded((sought: Sought, call): Promise<readonly SecretRef[]> => knownPlaces(world, sought, call)),

    /** Makes one secret unrecoverable; gone is done. False for what Keyturn did not put there, and so leaves to its owner. */
    destroyRemains: whileHeld(world, ({ ref, operation }: Command & { ref: SecretRef }, call): Promise<boolean> =>
      destroyOurs(world, ref, { ...call, operation }),
    ),

    /** Nothing begins by itself any more. The second call finds nothing and is done. */
    endSchedules: whileHeld(world, async ({ identity }: ByHolder): Promise<void> => {
      await world.lifecycles.endSchedules(identity);
    }),
  };
}

async function knownPlaces(
  { store }: ActivityWorld,
  { record, mintings }: Sought,
  call: Call,
): Promise<readonly SecretRef[]> {
  const { current, spec } = record;
  const places = namedBy(record).map(({ secret }) => secret.ref);
  const { adopt } = spec.credential;
  if (!current && adopt) places.push({ path: adopt.secret, version: 1 });
  for (const name of mintings.flatMap((operation) => [operation, keyName(operation)])) {
    const sealed = await store.find(spec.id, name, call);
    if (sealed) places.push(sealed.stored.ref);
  }
  return places.filter(({ path }, at) => places.findIndex((other) => other.path === path) === at);
}

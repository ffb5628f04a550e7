import type { MovedByMachine } from '../../../src/contract/consumers.ts';
import { KeyturnError } from '../../../src/contract/errors.ts';
import type { Read } from '../../../src/contract/call.ts';
import type { Fingerprint } from '../../../src/contract/references.ts';
import { Secret } from '../../../src/contract/secret.ts';
import type { Verdict } from '../../../src/contract/verdict.ts';
import { worldOf } from '../../fakes/world.ts';
import type { ConsumerSystem } from '../consumers.ts';

export interface RightPlace {
  given?: { secret: string; fingerprint: Fingerprint };
  running?: { secret: string; fingerprint: Fingerprint };
  changes: number;
}

/** The workloads, by target. */
export type RightWorkloads = Map<string, RightPlace>;

export const { fingerprint } = worldOf('memory');

/** The smallest consumer that keeps every promise, over a map: what the mutants are made from. */
export function rightConsumer(workloads: RightWorkloads): MovedByMachine {
  return {
    by: 'machine',
    async deliver(target, { secret, fingerprint: mark }, call) {
      heed(call);
      const place = placeAt(workloads, target);
      if (place.given?.secret !== secret.reveal()) place.changes += 1;
      place.given = { secret: secret.reveal(), fingerprint: mark };
    },
    async apply(target, call) {
      heed(call);
      const place = placeAt(workloads, target);
      if (place.given) place.running = place.given;
    },
    async verify(target, wanted, { signal }) {
      if (signal.aborted) return say('unknown');
      const { running, given } = placeAt(workloads, target);
      const isOn =
        running && given && [running, given].every(({ secret }) => fingerprint(new Secret(secret)) === wanted);
      return say(isOn ? 'yes' : 'no');
    },
    preflight: async (_target, { signal }) => say(signal.aborted ? 'unknown' : 'yes'),
  };
}

/** A system of its own for each case, with the port as the mutant changed it. */
export function consumerSystem(
  mutate: (port: MovedByMachine, workloads: RightWorkloads) => MovedByMachine = (port) => port,
): ConsumerSystem {
  const workloads: RightWorkloads = new Map();
  return {
    port: mutate(rightConsumer(workloads), workloads),
    target: 'orders',
    neighbour: 'bystander',
    fingerprint,
    secretAt: async (target) => placeAt(workloads, target).given?.secret,
    changesAt: async (target) => placeAt(workloads, target).changes,
    runsOn: async (target) => placeAt(workloads, target).running?.secret,
    async tamper(target, secret) {
      const place = placeAt(workloads, target);
      if (place.given) place.given = { ...place.given, secret: secret.reveal() };
    },
    remoteWords: ['FATAL from remote'],
    close: async () => {},
  };
}

export function placeAt(workloads: RightWorkloads, target: string): RightPlace {
  const place = workloads.get(target) ?? { changes: 0 };
  workloads.set(target, place);
  return place;
}

export function say(is: Verdict['is'], because = 'the memory said so'): Verdict {
  return { is, because, at: new Date().toISOString() };
}

function heed({ signal }: Read): void {
  if (signal.aborted) throw new KeyturnError('unavailable', 'the call was told to stop');
}

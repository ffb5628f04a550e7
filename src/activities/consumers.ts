import { KeyturnError } from '../contract/errors.ts';
import type { MovedByMachine } from '../contract/consumers.ts';
import type { ConsumerSpec } from '../contract/identity.ts';
import type { Credential } from '../contract/references.ts';
import { Secret } from '../contract/secret.ts';
import type { Verdict } from '../contract/verdict.ts';
import { bounded } from './boundary.ts';
import { whileHeld, type Command } from './held.ts';
import { poll, type Patience } from './poll.ts';
import { consumerPort, type ActivityWorld } from './world.ts';

export interface Move extends Command {
  readonly consumer: ConsumerSpec;
  readonly credential: Credential;
}

export function consumerActivities(world: ActivityWorld) {
  return {
    deliverCredential: whileHeld(world, async ({ consumer, credential, operation }: Move, call): Promise<void> => {
      const secret = await world.store.get(credential.secret.ref, call);
      const delivered = { ref: credential.ref, secret, fingerprint: credential.secret.fingerprint };
      await machine(world, consumer).deliver(consumer.target, delivered, { ...call, operation });
    }),

    applyConsumer: whileHeld(world, async ({ consumer, operation }: Move, call): Promise<void> => {
      await machine(world, consumer).apply?.(consumer.target, { ...call, operation });
    }),

    /** Is the consumer running on it? A consumer that says yes to a fingerprint drawn by chance is no witness (F25). */
    verifyConsumer: bounded(
      async (
        { consumer, credential, ...patience }: Pick<Move, 'consumer' | 'credential'> & Patience,
        call,
      ): Promise<Verdict> => {
        const port = machine(world, consumer);
        const verdict = await poll(
          () => port.verify(consumer.target, credential.secret.fingerprint, call),
          patience,
          call,
        );
        if (verdict.is !== 'yes') return verdict;
        const control = await port.verify(consumer.target, world.fingerprint(new Secret(crypto.randomUUID())), call);
        if (control.is === 'no') return verdict;
        return {
          ...control,
          is: 'unknown',
          because: `it says ${control.is} to a fingerprint that nobody delivered, so its yes proves nothing`,
        };
      },
    ),
  };
}

function machine(world: ActivityWorld, { id, connection }: ConsumerSpec): MovedByMachine {
  const port = consumerPort(world, connection);
  if (port.by === 'person') throw new KeyturnError('invalid_request', `consumer ${id} is moved by a person`);
  return port;
}

import { KeyturnError } from '../contract/errors.ts';
import type { Credential, CredentialRef, StoredSecret } from '../contract/references.ts';
import { bounded, type Call } from './boundary.ts';
import { credentialPort, type ActivityWorld } from './world.ts';

export interface Destruction {
  readonly victim: Credential;
  /** The credential that must be seen to work right before; nothing is taken away on the word of an earlier step (I1, F11). */
  readonly survivor: Credential;
  readonly operation: string;
}

/** What takes a credential out of use, each step safe to repeat: gone is done. */
export function retirementActivities(world: ActivityWorld) {
  return {
    disableCredential: bounded(async (input: Destruction, call): Promise<void> => {
      const { suspension } = credentialPort(world, input.victim.ref.connection);
      await insistOnSurvivor(world, input, call);
      await suspension?.disable(input.victim.ref, { ...call, operation: input.operation });
    }),

    enableCredential: bounded(
      async ({ ref, operation }: { ref: CredentialRef; operation: string }, call): Promise<void> => {
        await credentialPort(world, ref.connection).suspension?.enable(ref, { ...call, operation });
      },
    ),

    revokeCredential: bounded(async (input: Destruction, call): Promise<void> => {
      await insistOnSurvivor(world, input, call);
      await credentialPort(world, input.victim.ref.connection).revoke(input.victim.ref, {
        ...call,
        operation: input.operation,
      });
    }),

    endSessions: bounded(async ({ ref, operation }: { ref: CredentialRef; operation: string }, call): Promise<void> => {
      await credentialPort(world, ref.connection).endSessions?.(ref, { ...call, operation });
    }),

    /** Retires a credential whose secret nobody ever got; see `judgeOrphans` for how it is told from somebody else's. */
    retireOrphan: bounded(
      async ({ ref, operation }: { ref: CredentialRef; operation: string }, call): Promise<void> => {
        await credentialPort(world, ref.connection).revoke(ref, { ...call, operation });
      },
    ),

    /** Makes a sealed secret unrecoverable once its credential is proven dead. Resolves for what Keyturn did not put there. */
    destroySecret: bounded(
      async ({ secret, operation }: { secret: StoredSecret; operation: string }, call): Promise<boolean> => {
        try {
          await world.store.destroy(secret.ref, { ...call, operation });
          return true;
        } catch (error) {
          if (error instanceof KeyturnError && error.code === 'denied') return false;
          throw error;
        }
      },
    ),
  };
}

/** An unknown answer is asked again by Temporal's retry; a clear `no` stops for good, since retrying would only hope. */
export async function insistOnSurvivor(
  world: ActivityWorld,
  { victim, survivor }: Omit<Destruction, 'operation'>,
  call: Call,
): Promise<void> {
  if (victim.ref.id === survivor.ref.id) {
    throw new KeyturnError('conflict', `${victim.ref.id} stays: it can't be taken away on the strength of itself`);
  }
  await insistOnWorking(world, survivor, `${victim.ref.id} stays`, call);
}

/** Asks the real system, right now. `otherwise` says what is left alone when it does not say yes. */
export async function insistOnWorking(
  world: ActivityWorld,
  { ref, secret }: Credential,
  otherwise: string,
  call: Call,
): Promise<void> {
  const clear = await world.store.get(secret.ref, call);
  const { is } = await credentialPort(world, ref.connection).verify(ref, clear, call);
  if (is === 'yes') return;
  const words = `${otherwise}: ${ref.id} was not seen to work right before (${is})`;
  throw new KeyturnError(is === 'no' ? 'conflict' : 'unavailable', words);
}

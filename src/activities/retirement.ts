import type { RevocationReason } from '../contract/authorities.ts';
import { KeyturnError } from '../contract/errors.ts';
import type { Write } from '../contract/call.ts';
import type { Credential, CredentialRef, SecretRef, StoredSecret } from '../contract/references.ts';
import type { Call } from './boundary.ts';
import { whileHeld, type Command } from './held.ts';
import { revoke, verify } from './issuer.ts';
import { credentialPort, isAuthority, type ActivityWorld } from './world.ts';

export interface Destruction extends Command {
  readonly victim: Credential;
  /** Of a certificate, for the authority's lists. */
  readonly reason?: RevocationReason;
  /** The credential that must be seen to work right before; nothing is taken away on the word of an earlier step (I1, F11). */
  readonly survivor: Credential;
}

/** What ends one credential, or begins it again. */
export interface Ending extends Command {
  readonly ref: CredentialRef;
}

export interface Burial extends Command {
  readonly dead: StoredSecret;
  readonly successor: Credential;
}

/** What takes a credential out of use, each step safe to repeat: gone is done. */
export function retirementActivities(world: ActivityWorld) {
  return {
    disableCredential: whileHeld(world, async (input: Destruction, call): Promise<void> => {
      const { suspension } = credentialPort(world, input.victim.ref.connection);
      await insistOnSurvivor(world, input, call);
      await suspension?.disable(input.victim.ref, { ...call, operation: input.operation });
    }),

    enableCredential: whileHeld(world, async ({ ref, operation }: Ending, call): Promise<void> => {
      await credentialPort(world, ref.connection).suspension?.enable(ref, { ...call, operation });
    }),

    revokeCredential: whileHeld(world, async (input: Destruction, call): Promise<void> => {
      await insistOnSurvivor(world, input, call);
      const { victim, reason = 'superseded', operation } = input;
      await revoke(world, victim, reason, { ...call, operation });
    }),

    endSessions: whileHeld(world, async ({ ref, operation }: Ending, call): Promise<void> => {
      if (isAuthority(world, ref.connection)) return;
      await credentialPort(world, ref.connection).endSessions?.(ref, { ...call, operation });
    }),

    /** Retires a credential whose secret nobody ever got; see `judgeOrphans` for how it is told from somebody else's. */
    retireOrphan: whileHeld(world, (ending: Ending, call): Promise<void> => endCredential(world, ending, call)),

    /**
     * Makes a sealed secret unrecoverable once its credential is proven dead, and tells the lifecycle of its successor before:
     * were the record to name a credential whose secret is gone, nobody could try it any more. False for what Keyturn did not
     * put there.
     */
    destroySecret: whileHeld(
      world,
      async ({ identity, holder, dead, successor, operation }: Burial, call): Promise<boolean> => {
        if (dead.fingerprint === successor.secret.fingerprint)
          throw new KeyturnError('conflict', `the secret of ${successor.ref.id} stays: it is the one in use`);
        await world.lifecycles.note(identity, { operation: holder.operation, successor, as: 'current' });
        return destroyOurs(world, dead.ref, { ...call, operation });
      },
    ),
  };
}

/** Makes one secret unrecoverable; gone is done. False for what Keyturn did not put there, and so leaves to its owner. */
export async function destroyOurs({ store }: ActivityWorld, ref: SecretRef, call: Write): Promise<boolean> {
  try {
    await store.destroy(ref, call);
    return true;
  } catch (error) {
    if (error instanceof KeyturnError && error.code === 'denied') return false;
    throw error;
  }
}

/** Ends one credential for good, whatever depends on it. Already gone is done. */
export async function endCredential(world: ActivityWorld, { ref, operation }: Ending, call: Call): Promise<void> {
  await credentialPort(world, ref.connection).revoke(ref, { ...call, operation });
}

/** An unknown answer is asked again by Temporal's retry; a clear `no` stops for good, since retrying would only hope. */
export async function insistOnSurvivor(
  world: ActivityWorld,
  { victim, survivor }: Pick<Destruction, 'victim' | 'survivor'>,
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
  const { is } = await verify(world, ref, clear, call);
  if (is === 'yes') return;
  const words = `${otherwise}: ${ref.id} was not seen to work right before (${is})`;
  throw new KeyturnError(is === 'no' ? 'conflict' : 'unavailable', words);
}

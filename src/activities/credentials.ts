import { KeyturnError } from '../contract/errors.ts';
import type { LastUse } from '../contract/credentials.ts';
import type { CredentialState } from '../contract/credentials.ts';
import type { Credential, CredentialRef, StoredSecret } from '../contract/references.ts';
import type { Verdict } from '../contract/verdict.ts';
import { bounded, type Call } from './boundary.ts';
import { poll, type Patience } from './poll.ts';
import { credentialPort, type ActivityWorld } from './world.ts';

/** Names one attempt at one new credential. */
export interface Minting {
  readonly identity: string;
  readonly connection: string;
  readonly account: string;
  readonly operation: string;
}

export interface Destruction {
  readonly victim: Credential;
  /** The credential that must be seen to work right before; nothing is taken away on the word of an earlier step (I1, F11). */
  readonly survivor: Credential;
  readonly operation: string;
}

export function credentialActivities(world: ActivityWorld) {
  return {
    /** Draws a secret and seals it, before anything else knows it (I2, F1). The second call returns the first one's. */
    sealSecret: bounded(async ({ identity, connection, operation }: Minting, call): Promise<StoredSecret> => {
      const { mint } = credentialPort(world, connection);
      if (mint.at !== 'home') throw new KeyturnError('invalid_request', `${connection} chooses its secrets itself`);
      return world.store.put(identity, mint.draw(), undefined, { ...call, operation });
    }),

    /** Installs the sealed secret. The second call installs the same one. */
    installCredential: bounded(
      async (
        { replacing, secret, ...minting }: Minting & { replacing: CredentialRef; secret: StoredSecret },
        call,
      ): Promise<Credential> => {
        const { mint } = credentialPort(world, minting.connection);
        if (mint.at !== 'home')
          throw new KeyturnError('invalid_request', `${minting.connection} chooses its secrets itself`);
        const clear = await world.store.get(secret.ref, call);
        const ref = await mint.install(minting.account, clear, replacing, { ...call, operation: minting.operation });
        return { ref, secret };
      },
    ),

    /**
     * Lets the provider make one credential and seals what it shows, in one breath. What was sealed before is returned and
     * nothing is made: but an answer lost on the way here leaves an orphan, so the runbook tries this once and then looks.
     */
    issueCredential: bounded(
      async ({ identity, connection, account, operation }: Minting, call): Promise<Credential> => {
        const { mint } = credentialPort(world, connection);
        if (mint.at !== 'provider') throw new KeyturnError('invalid_request', `${connection} takes secrets drawn here`);
        const sealed = await world.store.find(identity, operation, call);
        if (sealed?.owner) return { ref: sealed.owner, secret: sealed.stored };
        const { ref, secret } = await mint.issue(account, { ...call, operation });
        return { ref, secret: await world.store.put(identity, secret, ref, { ...call, operation }) };
      },
    ),

    /** What an operation has sealed under this name, or null: the first question after a lost answer. */
    findSealed: bounded(async ({ identity, operation }: Minting, call): Promise<Credential | null> => {
      const sealed = await world.store.find(identity, operation, call);
      return sealed?.owner ? { ref: sealed.owner, secret: sealed.stored } : null;
    }),

    listCredentials: bounded(
      ({ connection, account }: { connection: string; account: string }, call): Promise<readonly CredentialState[]> =>
        credentialPort(world, connection).list(account, call),
    ),

    /** A differential proof: the good secret passes so often in a row, and a spoiled one is refused by the same verifier (F25). */
    proveCredential: bounded(
      async ({ credential, ...patience }: { credential: Credential } & Patience, call): Promise<Verdict> => {
        const port = credentialPort(world, credential.ref.connection);
        const secret = await world.store.get(credential.secret.ref, call);
        const proven = await poll(() => port.verify(credential.ref, secret, call), patience, call);
        if (proven.is !== 'yes') return proven;
        const control = await port.verify(credential.ref, secret.spoiled(), call);
        if (control.is === 'no') return { ...proven, because: `${proven.because}; a wrong secret was refused` };
        return {
          ...control,
          is: 'unknown',
          because: `the verifier did not refuse a wrong secret (${control.is}), so its yes proves nothing`,
        };
      },
    ),

    /** The negative proof: the old secret is refused while the same verifier accepts the new one, so a refusal is not an outage (I10). */
    proveRefused: bounded(
      async (
        { old, fresh, ...patience }: { old: Credential; fresh: Credential } & Patience,
        call,
      ): Promise<Verdict> => {
        const port = credentialPort(world, old.ref.connection);
        const [dead, good] = [
          await world.store.get(old.secret.ref, call),
          await world.store.get(fresh.secret.ref, call),
        ];
        const refused = await poll(async () => inverted(await port.verify(old.ref, dead, call)), patience, call);
        if (refused.is !== 'yes') return refused;
        const control = await port.verify(fresh.ref, good, call);
        return control.is === 'yes'
          ? { ...refused, because: `refused, while the new one is accepted` }
          : {
              ...control,
              is: 'unknown',
              because: 'the old one is refused, but so was the new one: this may be an outage',
            };
      },
    ),

    readLastUse: bounded(async ({ ref }: { ref: CredentialRef }, call): Promise<LastUse> => {
      const port = credentialPort(world, ref.connection);
      return port.lastUse ? port.lastUse(ref, call) : { at: 'unknown', lagSeconds: 0 };
    }),

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
  const secret = await world.store.get(survivor.secret.ref, call);
  const verdict = await credentialPort(world, survivor.ref.connection).verify(survivor.ref, secret, call);
  if (verdict.is === 'yes') return;
  const words = `${victim.ref.id} stays: ${survivor.ref.id} was not seen to work right before (${verdict.is})`;
  throw new KeyturnError(verdict.is === 'no' ? 'conflict' : 'unavailable', words);
}

function inverted(verdict: Verdict): Verdict {
  return { ...verdict, is: verdict.is === 'yes' ? 'no' : verdict.is === 'no' ? 'yes' : 'unknown' };
}

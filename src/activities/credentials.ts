import { KeyturnError } from '../contract/errors.ts';
import type { Write } from '../contract/call.ts';
import type { CredentialPort, CredentialState } from '../contract/credentials.ts';
import type { Credential, CredentialRef, StoredSecret } from '../contract/references.ts';
import { bounded } from './boundary.ts';
import { whileHeld } from './held.ts';
import type { Minting } from './minting.ts';
import { enroll, enrolling, sealKey } from './certificates.ts';
import { authorityPort, credentialPort, isAuthority, type ActivityWorld } from './world.ts';

/** What makes a new credential and finds what is there. */
export function credentialActivities(world: ActivityWorld) {
  return {
    /** Draws a secret and seals it, before anything else knows it (I2, F1). The second call returns the first one's. */
    sealSecret: whileHeld(world, async (minting: Minting, call): Promise<StoredSecret> => {
      const { identity, connection, operation } = minting;
      if (isAuthority(world, connection)) return sealKey(world, enrolling(minting), call);
      const { mint } = credentialPort(world, connection);
      if (mint.at !== 'home') throw new KeyturnError('invalid_request', `${connection} chooses its secrets itself`);
      return world.store.put(identity, mint.draw(), undefined, { ...call, operation });
    }),

    /**
     * Installs the sealed secret; of a certificate, has the authority sign for the sealed key. The second call installs the same one.
     */
    installCredential: whileHeld(
      world,
      async (
        { replacing, secret, ...minting }: Minting & { replacing: CredentialRef; secret: StoredSecret },
        call,
      ): Promise<Credential> => {
        const { connection } = minting;
        if (isAuthority(world, connection))
          return enroll(world, authorityPort(world, connection), enrolling(minting), secret, call);
        const { mint } = credentialPort(world, connection);
        if (mint.at !== 'home') throw new KeyturnError('invalid_request', `${connection} chooses its secrets itself`);
        const clear = await world.store.get(secret.ref, call);
        const ref = await mint.install(minting.account, clear, replacing, { ...call, operation: minting.operation });
        return { ref, secret };
      },
    ),

    /**
     * Lets the provider make one credential and seals what it shows, in one breath. What was sealed before is returned and
     * nothing is made: but an answer lost on the way here leaves an orphan, so the runbook tries this once and then looks.
     */
    issueCredential: whileHeld(
      world,
      async ({ identity, connection, account, operation }: Minting, call): Promise<Credential> => {
        const port = credentialPort(world, connection);
        if (port.mint.at !== 'provider')
          throw new KeyturnError('invalid_request', `${connection} takes secrets drawn here`);
        const sealed = await world.store.find(identity, operation, call);
        if (sealed?.owner) return { ref: sealed.owner, secret: sealed.stored };
        const write = { ...call, operation };
        const { ref, secret } = await port.mint.issue(account, write);
        try {
          return { ref, secret: await world.store.put(identity, secret, ref, write) };
        } catch (error) {
          await unmake(port, ref, error, write);
          throw error;
        }
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
  };
}

/** A credential whose secret was not sealed is nobody's, and right now it is known to be ours. Afterwards only an inspection finds it. */
async function unmake(port: CredentialPort, ref: CredentialRef, error: unknown, write: Write): Promise<void> {
  if (error instanceof KeyturnError && error.code !== 'outcome_unknown') {
    const unmade = await port.revoke(ref, write).then(
      () => true,
      () => false,
    );
    if (unmade) return;
  }
  throw new KeyturnError('outcome_unknown', `${ref.id} was made, and whether its secret was sealed is not known`);
}

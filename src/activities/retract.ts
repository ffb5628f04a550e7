import type { Credential, CredentialRef } from '../contract/references.ts';
import type { MintedHere } from '../contract/credentials.ts';
import type { Call } from './boundary.ts';
import type { Minting } from './minting.ts';
import { whileHeld } from './held.ts';
import { insistOnSurvivor, insistOnWorking } from './retirement.ts';
import { enrolling, leftBy } from './certificates.ts';
import { authorityPort, credentialPort, isAuthority, type ActivityWorld } from './world.ts';

export interface Retraction extends Minting {
  readonly survivor: Credential;
}

export function retractActivities(world: ActivityWorld) {
  return {
    /**
     * Undoes one attempt at a new credential by looking, never blindly (I7): what the store holds for the operation tells
     * whether there was one, and the provider tells whether it is installed. The second call finds nothing and is done.
     * Returns the id that was taken back, or null.
     */
    retractCredential: whileHeld(world, async (input: Retraction, call): Promise<string | null> => {
      const { identity, connection, account, operation, survivor } = input;
      if (isAuthority(world, connection)) return retractCertificate(world, input, call);
      const sealed = await world.store.find(identity, operation, call);
      // What is in use was never to be taken back, whoever made it.
      if (!sealed || sealed.stored.fingerprint === survivor.secret.fingerprint) return null;
      const { mint, maxLive } = credentialPort(world, connection);
      const write = { ...call, operation };
      const ref =
        mint.at === 'provider'
          ? sealed.owner
          : await mint.find(account, await world.store.get(sealed.stored.ref, call), call);
      // In the one slot that there is the old secret goes back whatever the probe says: it may not have seen the new one yet.
      if (mint.at === 'home' && maxLive === 1) {
        await reinstall(world, mint, survivor, input, call);
        await insistOnWorking(world, survivor, 'the new secret stays in the store', call);
      } else if (ref) await revoke(world, ref, { ...input, fresh: { ref, secret: sealed.stored } }, call);
      await world.store.destroy(sealed.stored.ref, write);
      return ref?.id ?? null;
    }),

    /** In-place: puts the old secret back into the one slot. The second call puts the same one. */
    restoreCredential: whileHeld(world, async (input: Retraction, call): Promise<void> => {
      const { mint } = credentialPort(world, input.connection);
      if (mint.at === 'home') await reinstall(world, mint, input.survivor, input, call);
    }),
  };
}

/** Whatever was signed for the key of the attempt is revoked, and the key destroyed last: by it a certificate can be found. */
async function retractCertificate(world: ActivityWorld, input: Retraction, call: Call): Promise<string | null> {
  const { connection, account, operation, survivor } = input;
  const authority = authorityPort(world, connection);
  const write = { ...call, operation };
  const { certificates, sealed } = await leftBy(world, authority, enrolling(input), call);
  if (sealed.some(({ fingerprint }) => fingerprint === survivor.secret.fingerprint)) return null;
  for (const certificate of certificates) {
    const ref = { connection, account, id: certificate.ref.serial };
    await insistOnSurvivor(world, { victim: { ref, secret: sealed[0]! }, survivor }, call);
    await authority.revoke(certificate, 'cessationOfOperation', write);
  }
  for (const { ref } of sealed) await world.store.destroy(ref, write);
  return certificates[0]?.ref.serial ?? null;
}

async function reinstall(
  world: ActivityWorld,
  mint: MintedHere,
  old: Credential,
  { operation }: Minting,
  call: Call,
): Promise<void> {
  const secret = await world.store.get(old.secret.ref, call);
  await mint.install(old.ref.account, secret, old.ref, { ...call, operation: `${operation}/restore` });
}

async function revoke(
  world: ActivityWorld,
  ref: CredentialRef,
  { fresh, survivor, operation }: Retraction & { fresh: Credential },
  call: Call,
): Promise<void> {
  await insistOnSurvivor(world, { victim: fresh, survivor }, call);
  const port = credentialPort(world, ref.connection);
  await port.revoke(ref, { ...call, operation });
  await port.endSessions?.(ref, { ...call, operation });
}

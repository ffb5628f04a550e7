import type { LastUse } from '../contract/credentials.ts';
import type { Credential, CredentialRef } from '../contract/references.ts';
import { inverted, type Verdict } from '../contract/verdict.ts';
import { bounded, type Call } from './boundary.ts';
import { poll, type Patience } from './poll.ts';
import { verify } from './issuer.ts';
import { credentialPort, isAuthority, type ActivityWorld } from './world.ts';

/** What shows whether a credential works: they change nothing, and asking again is always safe. */
export function proofActivities(world: ActivityWorld) {
  return {
    /** A differential proof: the good secret passes so often in a row, and a spoiled one is refused by the same verifier (F25). */
    proveCredential: bounded(
      async ({ credential, ...patience }: { credential: Credential } & Patience, call): Promise<Verdict> => {
        const { ref } = credential;
        const secret = await world.store.get(credential.secret.ref, call);
        const proven = await poll(() => verify(world, ref, secret, call), patience, call);
        if (proven.is !== 'yes') return proven;
        const control = await verify(world, ref, secret.spoiled(), call);
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
        const [dead, good] = [
          await world.store.get(old.secret.ref, call),
          await world.store.get(fresh.secret.ref, call),
        ];
        const refused = await poll(async () => inverted(await verify(world, old.ref, dead, call)), patience, call);
        if (refused.is !== 'yes') return refused;
        const control = await verify(world, fresh.ref, good, call);
        return control.is === 'yes'
          ? { ...refused, because: `${refused.because}, while the new one is accepted` }
          : {
              ...control,
              is: 'unknown',
              because: 'the old one is refused, but so was the new one: this may be an outage',
            };
      },
    ),

    readLastUse: bounded(({ ref }: { ref: CredentialRef }, call): Promise<LastUse> => lastUseOf(world, ref, call)),
  };
}

export const unknownUse: LastUse = { at: 'unknown', lagSeconds: 0 };

/** Unknown where the system keeps no record of uses. */
export async function lastUseOf(world: ActivityWorld, ref: CredentialRef, call: Call): Promise<LastUse> {
  if (isAuthority(world, ref.connection)) return unknownUse;
  return (await credentialPort(world, ref.connection).lastUse?.(ref, call)) ?? unknownUse;
}

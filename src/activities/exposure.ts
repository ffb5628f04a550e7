import type { RevocationReason } from '../contract/authorities.ts';
import type { CredentialState, LastUse } from '../contract/credentials.ts';
import { KeyturnError } from '../contract/errors.ts';
import type { IdentityRecord } from '../contract/identity.ts';
import type { Credential, CredentialRef, StoredSecret } from '../contract/references.ts';
import type { Verdict } from '../contract/verdict.ts';
import { bounded, type Call } from './boundary.ts';
import {
  exposedCertificates,
  isCertificateEnded,
  revokeExposedCertificate,
  type Sought,
} from './exposed-certificates.ts';
import { whileHeld } from './held.ts';
import { poll } from './poll.ts';
import { lastUseOf, unknownUse } from './proofs.ts';
import { recorded } from './recorded.ts';
import { endCredential, type Ending } from './retirement.ts';
import { adopt } from './survey.ts';
import { consumerPort, credentialPort, isAuthority, type ActivityWorld } from './world.ts';

/** What an attacker may have in hand, as far as the systems say. */
export interface Exposure {
  readonly suspends: boolean;
  readonly endsSessions: boolean;
  /** What outlives a revocation, where the provider says so. */
  readonly residual: string | null;
  readonly listed: readonly CredentialState[];
}

/** A credential to be shown dead. Its secret is known where Keyturn has moved or adopted it. */
export interface Suspect {
  readonly ref: CredentialRef;
  readonly secret: StoredSecret | null;
  /** How long the system may take to spread its end, in milliseconds. */
  readonly within: number;
  /** Of a certificate: where it is looked for. */
  readonly sought?: Sought;
}

/** A credential to be ended. */
export interface Doomed extends Ending {
  /** Of a certificate: why, and where it is looked for. */
  readonly revocation?: RevocationReason;
  readonly sought?: Sought;
}

/** What finds and ends every credential of an identity that nobody may trust any more: there is no survivor to ask for. */
export function exposureActivities(world: ActivityWorld) {
  return {
    listExposed: bounded(async ({ record, mintings }: Sought, call): Promise<Exposure> => {
      const { connection, account } = record.spec.credential;
      if (isAuthority(world, connection)) return exposedCertificates(world, { record, mintings }, call);
      const port = credentialPort(world, connection);
      return {
        suspends: port.suspension !== undefined,
        endsSessions: port.endSessions !== undefined,
        residual: port.outlives ?? null,
        listed: await port.list(account, call),
      };
    }),

    /**
     * The credentials whose secrets Keyturn can try: the current one, or the one to adopt; what an operation was about to make
     * current; and what those named `mintings` had sealed.
     */
    findKnown: bounded(async ({ record, mintings }: Sought, call): Promise<readonly Credential[]> => {
      const known = await recorded(world, record, call);
      for (const operation of mintings) {
        const sealed = await world.store.find(record.spec.id, operation, call);
        if (sealed?.owner) known.push({ ref: sealed.owner, secret: sealed.stored });
      }
      return known;
    }),

    /** When each was last used and what each consumer runs on: for people to read. What can't be asked is `unknown`. */
    describeExposed: bounded(
      async (
        { record, refs }: { record: IdentityRecord; refs: readonly CredentialRef[] },
        call,
      ): Promise<{ lastUses: readonly LastUse[]; consumers: readonly Verdict[] }> => {
        const { current, interrupted } = record;
        const known = current ?? interrupted?.replaces ?? (await adopt(world, record, call).catch(() => null));
        const lastUses = refs.map((ref) => lastUseOf(world, ref, call).catch(() => unknownUse));
        const consumers = record.spec.consumers.map((consumer) => runsOn(world, consumer, known, call));
        return { lastUses: await Promise.all(lastUses), consumers: await Promise.all(consumers) };
      },
    ),

    /** Stops one credential, whatever depends on it. The second call resolves. */
    disableExposed: whileHeld(world, async ({ ref, operation }: Ending, call): Promise<void> => {
      if (isAuthority(world, ref.connection)) return;
      await credentialPort(world, ref.connection).suspension?.disable(ref, { ...call, operation });
    }),

    /** Ends one for good, whatever depends on it. Already gone is done. */
    revokeExposed: whileHeld(world, async (ending: Doomed, call): Promise<void> => {
      const { ref, operation, sought, revocation = 'unspecified' } = ending;
      if (sought) await revokeExposedCertificate(world, { ...sought, ref, operation }, revocation, call);
      else await endCredential(world, ending, call);
    }),

    /**
     * The negative proof (I10): the system's own list has the credential no more, and where its secret is known the system itself
     * refuses it. An outage is neither: a list that answers shows that the system is there.
     */
    proveEnded: bounded(async ({ ref, secret, within, sought }: Suspect, call): Promise<Verdict> => {
      if (sought) return poll(() => isCertificateEnded(world, ref, sought, call), { within, successes: 1 }, call);
      const clear = secret && (await findSecret(world, secret, call));
      return poll(() => isEnded(world, ref, clear, call), { within, successes: clear ? 2 : 1 }, call);
    }),
  };
}

async function runsOn(
  world: ActivityWorld,
  { connection, target }: IdentityRecord['spec']['consumers'][number],
  known: Credential | null,
  call: Call,
): Promise<Verdict> {
  const nobody = (because: string): Verdict => ({ is: 'unknown', because, at: new Date().toISOString() });
  const port = consumerPort(world, connection);
  if (port.by === 'person') return nobody('only a person can say what it runs on');
  if (!known) return nobody('no secret of this identity is known to compare with');
  return port.verify(target, known.secret.fingerprint, call).catch(() => nobody('it gave no answer'));
}

/** A secret that was destroyed can't be tried, and nobody has it any more who had it from the store. */
async function findSecret(world: ActivityWorld, { ref }: StoredSecret, call: Call) {
  try {
    return await world.store.get(ref, call);
  } catch (error) {
    if (error instanceof KeyturnError && error.code === 'not_found') return null;
    throw error;
  }
}

type Clear = Awaited<ReturnType<typeof findSecret>>;

async function isEnded(world: ActivityWorld, ref: CredentialRef, clear: Clear, call: Call): Promise<Verdict> {
  const port = credentialPort(world, ref.connection);
  const at = new Date().toISOString();
  const listed = (await port.list(ref.account, call)).find((each) => each.ref.id === ref.id);
  if (listed?.status === 'live') return { is: 'no', because: `${ref.id} is live by the system's own list`, at };
  if (!clear) {
    const because = 'gone from the list of the system; its secret is not known here, so it was not tried';
    return listed ? { is: 'no', because: `${ref.id} is disabled, and exists`, at } : { is: 'yes', because, at };
  }
  const tried = await port.verify(ref, clear, call);
  if (tried.is === 'yes') return { is: 'no', because: `its old secret is accepted`, at };
  if (tried.is === 'unknown') return tried;
  return { is: 'yes', because: 'tried with its secret and refused', at };
}

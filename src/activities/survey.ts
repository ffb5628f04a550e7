import type { CredentialState } from '../contract/credentials.ts';
import { KeyturnError } from '../contract/errors.ts';
import type { IdentityRecord } from '../contract/identity.ts';
import type { Credential } from '../contract/references.ts';
import type { Verdict } from '../contract/verdict.ts';
import { bounded, type Call } from './boundary.ts';
import { poll } from './poll.ts';
import { readCertificate, validityOf } from './certificates.ts';
import { verify } from './issuer.ts';
import { authorityPort, consumerPort, credentialPort, isAuthority, type ActivityWorld } from './world.ts';

/** What a plan is made from: what the providers can do, what exists, and which credential is in use. Changes nothing. */
export interface Survey {
  readonly maxLive: number | null;
  readonly mint: 'home' | 'provider';
  readonly suspends: boolean;
  readonly endsSessions: boolean;
  readonly tellsLastUse: boolean;
  /** A certificate whose answer was lost can't be found again: the authority is asked once for each key. */
  readonly forgets?: boolean;
  readonly current: Credential;
  readonly listed: readonly CredentialState[];
  readonly consumers: Readonly<Record<string, ConsumerAbility>>;
}

export type ConsumerAbility =
  | { readonly by: 'machine'; readonly applies: boolean }
  | { readonly by: 'person'; readonly instructions: string };

/** One thing that must hold before anything is changed. */
export interface Check {
  readonly what: string;
  readonly verdict: Verdict;
  /** What of the credential that is to be replaced: whether it works, or whether it is in use. A dead one is neither (F22). */
  readonly ofCurrent?: 'works' | 'is in use';
}

export function surveyActivities(world: ActivityWorld) {
  return {
    /** Reads what the plan needs. The adopted credential is found here: its secret's place and fingerprint, never the secret. */
    surveyIdentity: bounded(async ({ record }: { record: IdentityRecord }, call): Promise<Survey> => {
      const { connection } = record.spec.credential;
      const current = record.current ?? (await adopt(world, record, call));
      return {
        ...(isAuthority(world, connection) ? atAuthority(world, current) : await atAccount(world, record, call)),
        current,
        consumers: Object.fromEntries(
          record.spec.consumers.map((consumer) => [consumer.id, ability(world, consumer.connection)]),
        ),
      };
    }),

    /**
     * Everything that could stop a rotation half-way, asked before it changes anything (F2). A `no` stops it. While something is
     * `unknown` and nothing is `no` this throws `unavailable`, so that a system which is only starting is asked again.
     */
    checkReadiness: bounded(
      async (
        { record, current, resuming }: { record: IdentityRecord; current: Credential; resuming: boolean },
        call,
      ): Promise<Check[]> => {
        const checks: Check[] = [
          {
            what: 'the store can be written',
            verdict: await named('store', world.store.preflight(record.spec.id, call)),
          },
        ];
        const { connection, account } = record.spec.credential;
        const mayAct = isAuthority(world, connection)
          ? await authorityPort(world, connection).preflight?.(record.spec.certificate?.names ?? [], call)
          : await credentialPort(world, connection).preflight?.(account, call);
        if (mayAct) checks.push({ what: `connection ${connection} may do what is needed`, verdict: mayAct });
        if (!resuming)
          checks.push({
            what: 'the current credential works',
            verdict: await works(world, current, call),
            ofCurrent: 'works',
          });
        for (const consumer of record.spec.consumers) {
          // A workload that Keyturn has never delivered to can't name the fingerprint of what it runs on.
          const known = record.current && !resuming ? current : undefined;
          checks.push(...(await consumerChecks(world, consumer, known, call)));
        }
        insistOnAnswers(checks);
        return checks;
      },
    ),
  };
}

type Abilities = Omit<Survey, 'current' | 'consumers'>;

async function atAccount(world: ActivityWorld, { spec }: IdentityRecord, call: Call): Promise<Abilities> {
  const { connection, account } = spec.credential;
  const port = credentialPort(world, connection);
  return {
    maxLive: port.maxLive,
    mint: port.mint.at,
    suspends: port.suspension !== undefined,
    endsSessions: port.endSessions !== undefined,
    tellsLastUse: port.lastUse !== undefined,
    listed: await named(connection, port.list(account, call)),
  };
}

/** Any number of certificates count side by side, and nobody but who has one can tell which there are. */
function atAuthority(world: ActivityWorld, { ref, certificate }: Credential): Abilities {
  const forgets = authorityPort(world, ref.connection).find === undefined;
  const createdAt = certificate?.notBefore ?? 'unknown';
  return {
    maxLive: null,
    mint: 'home',
    suspends: false,
    endsSessions: false,
    tellsLastUse: false,
    ...(forgets ? { forgets } : {}),
    listed: [{ ref, status: 'live', createdAt }],
  };
}

function insistOnAnswers(checks: readonly Check[]): void {
  if (checks.some(({ verdict }) => verdict.is === 'no')) return;
  const open = checks.filter(({ verdict }) => verdict.is === 'unknown');
  const words = open.map(({ what, verdict }) => `not known whether ${what}: ${verdict.because}`);
  if (words.length > 0) throw new KeyturnError('unavailable', words.join('; '));
}

/** An error of a connection says which one, as the worker's configuration calls it. */
async function named<Value>(connection: string, answer: Promise<Value>): Promise<Value> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof KeyturnError)) throw error;
    throw new KeyturnError(error.code, `${connection}: ${error.message}`, error.hint);
  }
}

/** The credential that the manifest declares to be in use: its secret's place and fingerprint, as they are now. */
export async function adopt(
  world: ActivityWorld,
  { spec }: Pick<IdentityRecord, 'spec'>,
  call: Call,
): Promise<Credential> {
  const { adopt: declared, connection, account } = spec.credential;
  if (!declared) {
    throw new KeyturnError(
      'invalid_request',
      `${spec.id} has no current credential`,
      'declare the one in use under credential.adopt: { id, secret }',
    );
  }
  const secret = await named('store', world.store.read(declared.secret, call));
  if (!isAuthority(world, connection)) return { ref: { connection, account, id: declared.id }, secret };
  const certificate = await named('store', readCertificate(world, connection, secret, call));
  const { serial } = certificate.ref;
  if (serial !== declared.id)
    throw new KeyturnError(
      'invalid_request',
      `credential.adopt.id: the certificate that rests there has serial number ${serial}`,
    );
  return { ref: { connection, account, id: serial }, secret, certificate: validityOf(certificate) };
}

function ability(world: ActivityWorld, connection: string): ConsumerAbility {
  const port = consumerPort(world, connection);
  return port.by === 'person'
    ? { by: 'person', instructions: port.instructions }
    : { by: 'machine', applies: port.apply !== undefined };
}

async function works(world: ActivityWorld, credential: Credential, call: Call): Promise<Verdict> {
  const secret = await world.store.get(credential.secret.ref, call);
  return poll(() => verify(world, credential.ref, secret, call), { within: 5_000, successes: 1 }, call);
}

async function consumerChecks(
  world: ActivityWorld,
  consumer: IdentityRecord['spec']['consumers'][number],
  running: Credential | undefined,
  call: Call,
): Promise<Check[]> {
  const port = consumerPort(world, consumer.connection);
  if (port.by === 'person') return [];
  const checks: Check[] = [];
  if (port.preflight) {
    checks.push({
      what: `consumer ${consumer.id} can be written`,
      verdict: await port.preflight(consumer.target, call),
    });
  }
  if (running) {
    const verdict = await poll(
      () => port.verify(consumer.target, running.secret.fingerprint, call),
      { within: 5_000, successes: 1 },
      call,
    );
    checks.push({ what: `consumer ${consumer.id} runs on the current credential`, verdict, ofCurrent: 'is in use' });
  }
  return checks;
}

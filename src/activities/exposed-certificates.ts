import type { IssuedCertificate, RevocationReason } from '../contract/authorities.ts';
import { KeyturnError } from '../contract/errors.ts';
import type { IdentityRecord } from '../contract/identity.ts';
import type { CredentialRef } from '../contract/references.ts';
import type { Verdict } from '../contract/verdict.ts';
import type { Call } from './boundary.ts';
import { isExpired, leftBy, readCertificate } from './certificates.ts';
import type { Exposure } from './exposure.ts';
import { adopt } from './survey.ts';
import { authorityPort, type ActivityWorld } from './world.ts';

/** Where the certificates of an identity are looked for: no authority lists them by identity. */
export interface Sought {
  readonly record: IdentityRecord;
  /** Names of attempts that nobody has settled. */
  readonly mintings: readonly string[];
}

/** Those that are known and count still. Whoever does not ask for revocations goes on accepting them. */
export async function exposedCertificates(world: ActivityWorld, sought: Sought, call: Call): Promise<Exposure> {
  const { connection, account } = sought.record.spec.credential;
  const known = await knownCertificates(world, sought, call);
  const listed: Exposure['listed'][number][] = [];
  for (const certificate of known) {
    if (await isOver(world, connection, certificate, call)) continue;
    const ref = { connection, account, id: certificate.ref.serial };
    listed.push({ ref, status: 'live', createdAt: certificate.notBefore });
  }
  const last = known
    .map(({ notAfter }) => notAfter)
    .toSorted()
    .at(-1);
  const residual = last
    ? `whoever does not ask for revocations accepts a certificate until it expires, at ${last}`
    : null;
  return { suspends: false, endsSessions: false, residual, listed };
}

/** Revokes one of them. Revoked already is done. */
export async function revokeExposedCertificate(
  world: ActivityWorld,
  { ref, operation, ...sought }: Sought & { readonly ref: CredentialRef; readonly operation: string },
  reason: RevocationReason,
  call: Call,
): Promise<void> {
  const certificate = await find(world, ref, sought, call);
  await authorityPort(world, ref.connection).revoke(certificate, reason, { ...call, operation });
}

/** Is it revoked by the authority's own signed word, or past its time? */
export async function isCertificateEnded(
  world: ActivityWorld,
  ref: CredentialRef,
  sought: Sought,
  call: Call,
): Promise<Verdict> {
  const certificate = await find(world, ref, sought, call);
  if (isExpired(certificate))
    return { is: 'yes', because: `it has expired at ${certificate.notAfter}`, at: new Date().toISOString() };
  const { is, because, at } = await authorityPort(world, ref.connection).status(certificate, call);
  return { is, because, at };
}

async function isOver(
  world: ActivityWorld,
  connection: string,
  certificate: IssuedCertificate,
  call: Call,
): Promise<boolean> {
  if (isExpired(certificate)) return true;
  return (await authorityPort(world, connection).status(certificate, call)).is === 'yes';
}

async function find(world: ActivityWorld, ref: CredentialRef, sought: Sought, call: Call): Promise<IssuedCertificate> {
  const found = (await knownCertificates(world, sought, call)).find(({ ref: { serial } }) => serial === ref.id);
  if (found) return found;
  throw new KeyturnError(
    'not_found',
    `the certificate ${ref.id} is not in the store any more, so nothing can be said of it`,
  );
}

/** The current one, or the one to adopt; what an operation was about to make current; and what attempts have left. */
async function knownCertificates(
  world: ActivityWorld,
  { record, mintings }: Sought,
  call: Call,
): Promise<readonly IssuedCertificate[]> {
  const { current, interrupted, spec } = record;
  const { certificate, id: identity } = spec;
  const { connection } = spec.credential;
  const sealed = [current, interrupted?.successor, interrupted?.replaces].filter((each) => each !== undefined);
  if (!current && spec.credential.adopt) sealed.push(await adopt(world, record, call));
  const known: IssuedCertificate[] = [];
  for (const { secret } of sealed) known.push(await readCertificate(world, connection, secret, call));
  const authority = authorityPort(world, connection);
  for (const operation of certificate ? mintings : []) {
    const left = await leftBy(world, authority, { identity, connection, operation, certificate: certificate! }, call);
    known.push(...left.certificates);
  }
  return known.filter(({ ref }, at) => known.findIndex((other) => other.ref.serial === ref.serial) === at);
}

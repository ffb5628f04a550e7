import type { AuthorityPort, IssuedCertificate, RevocationReason } from '../contract/authorities.ts';
import { KeyturnError } from '../contract/errors.ts';
import type { IdentityRecord } from '../contract/identity.ts';
import type { CredentialRef } from '../contract/references.ts';
import { isYes, type Verdict } from '../contract/verdict.ts';
import type { Call } from './boundary.ts';
import { isExpired, leftBy, readCertificate } from './certificates.ts';
import type { Exposure } from './exposure.ts';
import { recorded } from './recorded.ts';
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
  const authority = authorityPort(world, connection);
  const listed: Exposure['listed'][number][] = [];
  for (const certificate of known) {
    if (isYes(await isEnded(authority, certificate, call))) continue;
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
  return isEnded(authorityPort(world, ref.connection), await find(world, ref, sought, call), call);
}

async function isEnded(authority: AuthorityPort, certificate: IssuedCertificate, call: Call): Promise<Verdict> {
  if (isExpired(certificate))
    return { is: 'yes', because: `it has expired at ${certificate.notAfter}`, at: new Date().toISOString() };
  const { is, because, at } = await authority.status(certificate, call);
  return { is, because, at };
}

async function find(world: ActivityWorld, ref: CredentialRef, sought: Sought, call: Call): Promise<IssuedCertificate> {
  const found = (await knownCertificates(world, sought, call)).find(({ ref: { serial } }) => serial === ref.id);
  if (found) return found;
  throw new KeyturnError(
    'not_found',
    `the certificate ${ref.id} is not in the store any more, so nothing can be said of it`,
  );
}

/** Those of the record, and what attempts have left. */
async function knownCertificates(
  world: ActivityWorld,
  { record, mintings }: Sought,
  call: Call,
): Promise<readonly IssuedCertificate[]> {
  const { certificate, id: identity, credential } = record.spec;
  const { connection } = credential;
  const known: IssuedCertificate[] = [];
  for (const { secret } of await recorded(world, record, call))
    known.push(await readCertificate(world, connection, secret, call));
  const authority = authorityPort(world, connection);
  for (const operation of certificate ? mintings : []) {
    const left = await leftBy(world, authority, { identity, connection, operation, certificate: certificate! }, call);
    known.push(...left.certificates);
  }
  return known.filter(({ ref }, at) => known.findIndex((other) => other.ref.serial === ref.serial) === at);
}

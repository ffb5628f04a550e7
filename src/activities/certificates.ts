import { bundleOf, readBundle } from '../certificates/bundle.ts';
import { isAhead, isOver } from '../certificates/revocation.ts';
import { drawKey } from '../certificates/signing-key.ts';
import { signingRequest } from '../certificates/signing-request.ts';
import type { AuthorityPort, IssuedCertificate, RevocationReason, SigningRequest } from '../contract/authorities.ts';
import type { Read, Write } from '../contract/call.ts';
import { KeyturnError } from '../contract/errors.ts';
import type { CertificateSpec } from '../contract/identity.ts';
import type { Credential, CredentialRef, StoredSecret, Validity } from '../contract/references.ts';
import type { Secret } from '../contract/secret.ts';
import { inverted, type Verdict } from '../contract/verdict.ts';
import type { Call } from './boundary.ts';
import type { Minting } from './minting.ts';
import type { ActivityWorld } from './world.ts';

/** An attempt at one certificate. */
export interface Enrolling extends Minting {
  readonly certificate: CertificateSpec;
}

/** Draws a key and seals it before any authority hears of it (I2). The second call returns the first one's. */
export async function sealKey(
  { store }: ActivityWorld,
  { identity, certificate, operation }: Enrolling,
  call: Call,
): Promise<StoredSecret> {
  return store.put(identity, await drawKey(certificate.key), undefined, { ...call, operation: keyName(operation) });
}

/**
 * Has the authority sign a request of the sealed key, and seals the key with its chain in place of the key alone. What was sealed
 * before is returned, and nothing is signed. Throws `invalid_request` for a certificate of another key or other names (F20).
 */
export async function enroll(
  { store }: ActivityWorld,
  authority: AuthorityPort,
  { identity, connection, account, operation, certificate }: Enrolling,
  key: StoredSecret,
  call: Call,
): Promise<Credential> {
  const write = { ...call, operation };
  const before = await store.find(identity, operation, call);
  const bundle = before
    ? await store.get(before.stored.ref, call)
    : await signed(authority, certificate, await store.get(key.ref, call), write);
  const issued = readBundle(connection, bundle);
  const ref = { connection, account, id: issued.ref.serial };
  const secret = before?.stored ?? (await store.put(identity, bundle, ref, write));
  await store.destroy(key.ref, write);
  return { ref, secret, certificate: validityOf(issued) };
}

async function signed(
  authority: AuthorityPort,
  certificate: CertificateSpec,
  key: Secret,
  call: Write,
): Promise<Secret> {
  return bundleOf(key, await authority.enroll(await requestFor(certificate, key), call));
}

function requestFor({ names, lifetime }: CertificateSpec, key: Secret): Promise<SigningRequest> {
  return signingRequest(key, { names, lifetimeMs: lifetime });
}

/** What a sealed certificate says of itself. */
export async function readCertificate(
  { store }: ActivityWorld,
  connection: string,
  { ref }: StoredSecret,
  call: Read,
): Promise<IssuedCertificate> {
  return readBundle(connection, await store.get(ref, call));
}

export function validityOf({ notBefore, notAfter }: IssuedCertificate): Validity {
  return { notBefore, notAfter };
}

/**
 * Does a certificate count now: it is the one that is named, with its key, within its time, and not revoked by the authority's own
 * signed word? Where the authority publishes none, nobody else can ask it either, and that does not count against it.
 */
export async function verifyCertificate(
  authority: AuthorityPort,
  { connection, id }: CredentialRef,
  bundle: Secret,
  call: Call,
): Promise<Verdict> {
  const certificate = readable(connection, bundle);
  const said = (is: Verdict['is'], because: string): Verdict => ({ is, because, at: new Date().toISOString() });
  if (certificate?.ref.serial !== id) return said('no', 'what is sealed is not this certificate with its key');
  if (isExpired(certificate)) return said('no', `it has expired at ${certificate.notAfter}`);
  if (isAhead(new Date(), new Date(certificate.notBefore)))
    return said('no', `it counts from ${certificate.notBefore} on`);
  const { is, because, at, unpublished } = await authority.status(certificate, call);
  if (is === 'unknown' && unpublished) return said('yes', `key, chain and time are good; ${because}`);
  return inverted({ is, because, at });
}

/** Whether nobody accepts it any more, whatever their clock says (F22). */
export function isExpired({ notAfter }: IssuedCertificate): boolean {
  return isOver(new Date(), new Date(notAfter));
}

function readable(connection: string, bundle: Secret): IssuedCertificate | undefined {
  try {
    return readBundle(connection, bundle);
  } catch {
    return undefined;
  }
}

/** Takes a certificate back for good. Already revoked is done, and so is expired. */
export async function revokeCertificate(
  world: ActivityWorld,
  authority: AuthorityPort,
  { ref, secret }: Credential,
  reason: RevocationReason,
  call: Write,
): Promise<void> {
  await authority.revoke(await readCertificate(world, ref.connection, secret, call), reason, call);
}

/**
 * What an attempt at a certificate may have left at the authority and in the store: the certificate is known by what was sealed with
 * it, or else asked for by its key, where the authority can be asked that.
 */
export async function leftBy(
  world: ActivityWorld,
  authority: AuthorityPort,
  {
    identity,
    connection,
    operation,
    certificate,
  }: Pick<Enrolling, 'identity' | 'connection' | 'operation' | 'certificate'>,
  call: Call,
): Promise<{ readonly certificates: readonly IssuedCertificate[]; readonly sealed: readonly StoredSecret[] }> {
  const { store } = world;
  const [bundle, key] = [
    await store.find(identity, operation, call),
    await store.find(identity, keyName(operation), call),
  ];
  const sealed = [bundle, key].flatMap((each) => (each ? [each.stored] : []));
  if (bundle) return { certificates: [await readCertificate(world, connection, bundle.stored, call)], sealed };
  if (!key || !authority.find) return { certificates: [], sealed };
  const request = await requestFor(certificate, await store.get(key.stored.ref, call));
  return { certificates: await authority.find(request, call), sealed };
}

/** Under which name the key is sealed until there is a certificate for it. */
export function keyName(operation: string): string {
  return `${operation}/key`;
}

/** What is to be signed; an identity that has an authority and declares nothing of it can't be helped. */
export function enrolling(minting: Minting): Enrolling {
  const { certificate } = minting;
  if (certificate) return { ...minting, certificate };
  throw new KeyturnError('invalid_request', `${minting.identity} declares no certificate to be signed`);
}

import type { RevocationReason } from '../contract/authorities.ts';
import type { Write } from '../contract/call.ts';
import type { Credential, CredentialRef } from '../contract/references.ts';
import type { Secret } from '../contract/secret.ts';
import type { Verdict } from '../contract/verdict.ts';
import type { Call } from './boundary.ts';
import { revokeCertificate, verifyCertificate } from './certificates.ts';
import { authorityPort, credentialPort, isAuthority, type ActivityWorld } from './world.ts';

/** Does the credential work now, by the word of what it is from: a system that lets it in, or the authority that signed it? */
export function verify(world: ActivityWorld, ref: CredentialRef, secret: Secret, call: Call): Promise<Verdict> {
  return isAuthority(world, ref.connection)
    ? verifyCertificate(authorityPort(world, ref.connection), ref, secret, call)
    : credentialPort(world, ref.connection).verify(ref, secret, call);
}

/** Ends it for good. Gone is done. The reason is for an authority's lists. */
export function revoke(
  world: ActivityWorld,
  credential: Credential,
  reason: RevocationReason,
  call: Write,
): Promise<void> {
  const { ref } = credential;
  return isAuthority(world, ref.connection)
    ? revokeCertificate(world, authorityPort(world, ref.connection), credential, reason, call)
    : credentialPort(world, ref.connection).revoke(ref, call);
}

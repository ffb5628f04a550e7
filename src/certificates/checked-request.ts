import { createPublicKey } from 'node:crypto';
import * as pkijs from 'pkijs';
import type { SigningRequest } from '../contract/authorities.ts';
import { KeyturnError } from '../contract/errors.ts';
import { fromPem } from './pem.ts';
import { fingerprintOf } from './signing-key.ts';
import { subjectNames } from './subject-names.ts';

const shortest = 1_000;

/**
 * Looks a request over before it is sent, since an authority would make a certificate of what it gets: its own key has signed it
 * (RFC 2986), that key and the names are good, and it asks for at least a second. Returns it with the names in their one
 * spelling; throws `invalid_request`.
 */
export async function checkRequest(request: SigningRequest): Promise<SigningRequest> {
  const names = subjectNames(request.names);
  if (!(await isSignedByItsKey(request))) {
    throw new KeyturnError(
      'invalid_request',
      'csr: expected a request in PEM, signed by the key that is named beside it',
    );
  }
  if (Number.isFinite(request.lifetimeMs) && request.lifetimeMs >= shortest) return { ...request, names };
  throw new KeyturnError('invalid_request', 'lifetimeMs: expected at least a second');
}

async function isSignedByItsKey({ csr, publicKey }: SigningRequest): Promise<boolean> {
  try {
    const parsed = pkijs.CertificationRequest.fromBER(fromPem('CERTIFICATE REQUEST', csr) ?? new Uint8Array());
    const key = Buffer.from(parsed.subjectPublicKeyInfo.toSchema().toBER());
    return (
      fingerprintOf(createPublicKey({ key, format: 'der', type: 'spki' })) === publicKey && (await parsed.verify())
    );
  } catch {
    return false;
  }
}

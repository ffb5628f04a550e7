import type { IssuedCertificate, SigningRequest } from '../contract/authorities.ts';
import { KeyturnError } from '../contract/errors.ts';

/** Authorities round times, and write the moment before which a certificate counts a little into the past. */
const leewayMs = 60_000;

/**
 * Throws `invalid_request` unless the certificate is the one that was asked for: this key (F20), these names and no other, and no longer
 * than asked. The authority has made it all the same, so its serial number is in the hint.
 */
export function fulfils(request: SigningRequest, issued: IssuedCertificate, now: Date): IssuedCertificate {
  const wrong = difference(request, issued, now);
  if (wrong === undefined) return issued;
  const hint = `it is valid until it is revoked: serial number ${issued.ref.serial}`;
  throw new KeyturnError('invalid_request', `the authority signed a certificate for ${wrong} than was asked for`, hint);
}

function difference(request: SigningRequest, issued: IssuedCertificate, now: Date): string | undefined {
  if (issued.publicKey !== request.publicKey) return 'another key';
  if (issued.names.join() !== request.names.join()) return 'other names';
  const latest = now.getTime() + request.lifetimeMs + leewayMs;
  return Date.parse(issued.notAfter) > latest ? 'a longer time' : undefined;
}

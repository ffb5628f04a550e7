import { createHmac } from 'node:crypto';
import type { Fingerprint } from './contract/references.ts';
import type { Secret } from './contract/secret.ts';

/**
 * Makes the function that fingerprints secrets with one installation's key: HMAC-SHA256 (RFC 2104), cut to 128 bits. Equal
 * secrets have equal fingerprints under one key only; whoever does not hold the key can't try guesses.
 */
export function fingerprintWith(key: Secret): (secret: Secret) => Fingerprint {
  return (secret) =>
    `hmac-sha256:${createHmac('sha256', key.reveal()).update(secret.reveal(), 'utf8').digest('hex').slice(0, 32)}`;
}

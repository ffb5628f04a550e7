import { createHash, createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { KeyturnError } from '../contract/errors.ts';
import type { PublicKeyFingerprint } from '../contract/references.ts';
import { Secret } from '../contract/secret.ts';

/** The kinds of keys that public authorities sign. */
export type KeyKind = 'ecdsa-p256' | 'rsa-2048' | 'rsa-3072';

const generate = promisify(generateKeyPair);

/**
 * Draws a key that never existed before: a fresh one for each attempt (F20). PKCS #8 in PEM, unencrypted, as servers read it: to
 * be sealed before anything is done with it.
 */
export async function drawKey(kind: KeyKind): Promise<Secret> {
  const { privateKey } = await (kind === 'ecdsa-p256'
    ? generate('ec', { namedCurve: 'P-256' })
    : generate('rsa', { modulusLength: Number(kind.slice(4)) }));
  return new Secret(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
}

/** Throws `invalid_request`, and shows nothing of it, for what is no private key in PEM. */
export function privateKeyOf(secret: Secret): KeyObject {
  try {
    return createPrivateKey(secret.reveal());
  } catch {
    throw new KeyturnError('invalid_request', 'expected a private key in PEM, unencrypted');
  }
}

/** The fingerprint by which a certificate is known to be for this key. */
export function publicKeyOf(key: Secret): PublicKeyFingerprint {
  return fingerprintOf(createPublicKey(privateKeyOf(key)));
}

export function fingerprintOf(publicKey: KeyObject): PublicKeyFingerprint {
  const der = publicKey.export({ type: 'spki', format: 'der' });
  return `spki-sha256:${createHash('sha256').update(der).digest('hex')}`;
}

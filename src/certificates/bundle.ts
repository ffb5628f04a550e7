import { createPublicKey } from 'node:crypto';
import type { Certificate, IssuedCertificate } from '../contract/authorities.ts';
import { KeyturnError } from '../contract/errors.ts';
import { Secret } from '../contract/secret.ts';
import { describeChain } from './chain.ts';
import { pemBlocks } from './pem.ts';
import { fingerprintOf, privateKeyOf } from './signing-key.ts';

/** A certificate with its private key, as servers read both from one file: the key in PEM, then the chain, leaf first. */
export function bundleOf(key: Secret, { chain }: Pick<Certificate, 'chain'>): Secret {
  return new Secret(`${key.reveal().trimEnd()}\n${chain}`);
}

/**
 * What a bundle holds of its certificate, under the name of the connection that it came from. Throws `invalid_request` where it is no
 * chain with the key of its leaf (F20).
 */
export function readBundle(connection: string, bundle: Secret): IssuedCertificate {
  const text = bundle.reveal();
  const certificate = describeChain(connection, pemBlocks('CERTIFICATE', text).join('\n'));
  if (fingerprintOf(createPublicKey(privateKeyOf(bundle))) === certificate.publicKey) return certificate;
  throw new KeyturnError('invalid_request', 'the private key is that of another certificate');
}

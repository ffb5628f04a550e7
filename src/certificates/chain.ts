import { X509Certificate } from 'node:crypto';
import type { Certificate, IssuedCertificate } from '../contract/authorities.ts';
import { KeyturnError } from '../contract/errors.ts';
import { pemBlocks } from './pem.ts';
import { fingerprintOf } from './signing-key.ts';

const most = 10;

/** The certificates of a chain. `issuer` has signed `leaf`; it is absent where the chain is the leaf alone. */
export interface Chain {
  readonly leaf: X509Certificate;
  readonly issuer: X509Certificate | undefined;
  readonly all: readonly X509Certificate[];
}

/**
 * Reads PEM, leaf first. Throws `invalid_request` where it holds no certificate, more than ten, one that can't be read, or one that
 * the next did not sign. Nobody is trusted for that: whether the last one is a root that counts is for the reader to know.
 */
export function readChain(pem: string): Chain {
  const all = certificatesIn(pem);
  const [leaf, issuer] = all;
  const isChained = all.every((each, at) => at === all.length - 1 || isIssuedBy(each, all[at + 1]!));
  if (leaf && isChained && all.length <= most) return { leaf, issuer, all };
  throw new KeyturnError(
    'invalid_request',
    'expected a chain of certificates in PEM, leaf first, each signed by the next',
  );
}

/** Whether the issuer's name and key are those under which the certificate was signed. */
export function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  try {
    return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
  } catch {
    return false;
  }
}

/**
 * What a chain holds of its leaf, under the name of the connection that it came from, and the chain in one spelling. Throws as
 * {@link readChain}.
 */
export function describeChain(connection: string, chain: string): IssuedCertificate {
  const { leaf, all } = readChain(chain);
  return {
    ref: { connection, serial: serialOf(leaf), fingerprint: digestOf(leaf) },
    chain: all.map(String).join(''),
    publicKey: fingerprintOf(leaf.publicKey),
    names: namesOf(leaf),
    notBefore: leaf.validFromDate.toISOString(),
    notAfter: leaf.validToDate.toISOString(),
  };
}

/** The chain of a certificate that was handed in; throws `invalid_request` where its leaf is not the one that is named. */
export function chainOf({ ref, chain }: Certificate): Chain {
  const read = readChain(chain);
  if (digestOf(read.leaf) === ref.fingerprint && serialOf(read.leaf) === ref.serial) return read;
  throw new KeyturnError('invalid_request', 'the chain belongs to another certificate than the one that is named');
}

export function digestOf({ fingerprint256 }: X509Certificate): `sha256:${string}` {
  return `sha256:${fingerprint256.replaceAll(':', '').toLowerCase()}`;
}

export function serialOf({ serialNumber }: X509Certificate): string {
  return serialNumber.toLowerCase().replace(/^0+(?=.)/, '');
}

/** DNS names and addresses as `subjectNames` spells them, and names of other kinds with their kind before them; sorted. */
export function namesOf({ subjectAltName = '' }: X509Certificate): string[] {
  const names = subjectAltName === '' ? [] : subjectAltName.split(', ');
  return [...new Set(names.map(plain))].toSorted();
}

function plain(name: string): string {
  const address = /^IP Address:(.*)$/.exec(name)?.[1];
  if (address?.includes(':')) return new URL(`http://[${address}]`).hostname.slice(1, -1);
  return address ?? /^DNS:([^"]*)$/.exec(name)?.[1]?.toLowerCase() ?? name;
}

function certificatesIn(pem: string): X509Certificate[] {
  try {
    return pemBlocks('CERTIFICATE', pem).map((block) => new X509Certificate(block));
  } catch {
    return [];
  }
}

import { createPublicKey, webcrypto } from 'node:crypto';
import * as asn1js from 'asn1js';
import * as pkijs from 'pkijs';
import type { SigningRequest } from '../contract/authorities.ts';
import type { Secret } from '../contract/secret.ts';
import { toPem } from './pem.ts';
import { fingerprintOf, privateKeyOf } from './signing-key.ts';
import { isAddress, subjectNames } from './subject-names.ts';

const commonName = '2.5.4.3';
const subjectAltName = '2.5.29.17';
const extensionRequest = '1.2.840.113549.1.9.14';
/** Above this a common name is not valid. RFC 5280 (A.1) */
const mostInCommonName = 64;

/**
 * Has the key sign a request for these names: PKCS #10 with subject alternative names. The first DNS name that is short enough is the
 * common name as well, which some authorities insist on. Throws `invalid_request` for names that are none.
 */
export async function signingRequest(
  key: Secret,
  { names, lifetimeMs }: { readonly names: readonly string[]; readonly lifetimeMs: number },
): Promise<SigningRequest> {
  const asked = subjectNames(names);
  const privateKey = privateKeyOf(key);
  const publicKey = createPublicKey(privateKey);
  const spki = new Uint8Array(publicKey.export({ type: 'spki', format: 'der' }));
  const request = new pkijs.CertificationRequest({ version: 0 });
  request.subjectPublicKeyInfo = pkijs.PublicKeyInfo.fromBER(spki);
  request.subject.typesAndValues = subjectOf(asked);
  request.attributes = [new pkijs.Attribute({ type: extensionRequest, values: [extensionsFor(asked)] })];
  const pkcs8 = privateKey.export({ type: 'pkcs8', format: 'der' });
  await request.sign(await imported(pkcs8, privateKey.asymmetricKeyType === 'rsa'), 'SHA-256');
  const csr = toPem('CERTIFICATE REQUEST', new Uint8Array(request.toSchema(true).toBER()));
  return { csr, publicKey: fingerprintOf(publicKey), names: asked, lifetimeMs };
}

function subjectOf(names: readonly string[]): pkijs.AttributeTypeAndValue[] {
  const name = names.find((each) => !isAddress(each) && each.length <= mostInCommonName);
  if (name === undefined) return [];
  return [new pkijs.AttributeTypeAndValue({ type: commonName, value: new asn1js.Utf8String({ value: name }) })];
}

/** Two kinds of general names (RFC 5280, 4.2.1.6): 2 is a DNS name, 7 an address in bytes. */
function extensionsFor(names: readonly string[]): unknown {
  const altNames = new pkijs.GeneralNames({
    names: names.map((name) =>
      isAddress(name)
        ? new pkijs.GeneralName({ type: 7, value: new asn1js.OctetString({ valueHex: addressBytes(name) }) })
        : new pkijs.GeneralName({ type: 2, value: name }),
    ),
  });
  const extension = new pkijs.Extension({ extnID: subjectAltName, extnValue: altNames.toSchema().toBER() });
  return new pkijs.Extensions({ extensions: [extension] }).toSchema();
}

/** The bytes of an address: 4, or 16 of one whose groups of zeros are left out. */
function addressBytes(address: string): ArrayBuffer {
  if (!address.includes(':')) return Uint8Array.from(address.split('.'), Number).buffer;
  const groups = (text: string) => (text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16)));
  const [before = '', after] = address.split('::');
  const [head, tail] = [groups(before), groups(after ?? '')];
  const all = [...head, ...Array<number>(8 - head.length - tail.length).fill(0), ...tail];
  return Uint8Array.from(all.flatMap((group) => [group >> 8, group & 0xff])).buffer;
}

function imported(pkcs8: Buffer, isRsa: boolean): Promise<webcrypto.CryptoKey> {
  const algorithm = isRsa ? { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } : { name: 'ECDSA', namedCurve: 'P-256' };
  return webcrypto.subtle.importKey('pkcs8', new Uint8Array(pkcs8), algorithm, false, ['sign']);
}

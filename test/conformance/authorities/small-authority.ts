import { generateKeyPairSync, randomBytes, webcrypto } from 'node:crypto';
import * as asn1js from 'asn1js';
import * as pkijs from 'pkijs';
import { fromPem, toPem } from '../../../src/certificates/pem.ts';

/** What a certificate or an authority is made with; what is left out is in order. */
export interface Making {
  readonly from?: Date;
  readonly until?: Date;
  readonly serial?: bigint;
  readonly isAuthority?: boolean;
  /** Object identifiers of the extended key usage. */
  readonly purposes?: readonly string[];
  readonly extensions?: readonly pkijs.Extension[];
}

export interface Listing {
  readonly from?: Date;
  readonly until?: Date;
  readonly entries: readonly { readonly serial: bigint; readonly at: Date; readonly reason?: number }[];
  readonly extensions?: readonly pkijs.Extension[];
}

const ecdsa = { name: 'ECDSA', namedCurve: 'P-256' };
const hour = 3_600_000;

/** A certificate authority for tests: one P-256 key that signs requests, lists and answers. It keeps nothing and refuses nothing. */
export class SmallAuthority {
  readonly name: string;
  readonly certificate: pkijs.Certificate;
  readonly key: webcrypto.CryptoKey;
  /** PEM, from this one up to its root. */
  readonly chain: string;

  private constructor(name: string, certificate: pkijs.Certificate, key: webcrypto.CryptoKey, above: string) {
    [this.name, this.certificate, this.key] = [name, certificate, key];
    this.chain = pem(certificate) + above;
  }

  /** A root, or with `under` an intermediate. */
  static async create(name: string, under?: SmallAuthority, making: Making = {}): Promise<SmallAuthority> {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const pkcs8 = new Uint8Array(privateKey.export({ type: 'pkcs8', format: 'der' }));
    const key = await webcrypto.subtle.importKey('pkcs8', pkcs8, ecdsa, true, ['sign']);
    const spki = new Uint8Array(publicKey.export({ type: 'spki', format: 'der' }));
    const certificate = blank(pkijs.PublicKeyInfo.fromBER(spki), { isAuthority: true, ...making });
    certificate.subject.typesAndValues = named(name);
    certificate.issuer.typesAndValues = under?.certificate.subject.typesAndValues ?? named(name);
    await certificate.sign(under?.key ?? key, 'SHA-256');
    return new SmallAuthority(name, certificate, key, under?.chain ?? '');
  }

  /** Signs a request (PEM) as it is, names and all; returns the chain. Without `making.until` for an hour. */
  async sign(csr: string, making: Making = {}): Promise<string> {
    const request = pkijs.CertificationRequest.fromBER(fromPem('CERTIFICATE REQUEST', csr) ?? new Uint8Array());
    if (!(await request.verify())) throw new TypeError('the request is not signed by its own key');
    const certificate = blank(request.subjectPublicKeyInfo, making);
    certificate.subject = request.subject;
    certificate.issuer.typesAndValues = this.certificate.subject.typesAndValues;
    for (const attribute of request.attributes ?? []) {
      const asked = new pkijs.Extensions({ schema: attribute.values[0] });
      certificate.extensions = [...(certificate.extensions ?? []), ...asked.extensions];
    }
    await certificate.sign(this.key, 'SHA-256');
    return pem(certificate) + this.chain;
  }

  /** A revocation list, DER. */
  async list({ entries, from = ago(hour), until = ago(-hour), extensions = [] }: Listing) {
    const list = new pkijs.CertificateRevocationList({ version: 1 });
    list.issuer.typesAndValues = this.certificate.subject.typesAndValues;
    list.thisUpdate = new pkijs.Time({ type: 0, value: from });
    list.nextUpdate = new pkijs.Time({ type: 0, value: until });
    if (entries.length > 0) list.revokedCertificates = entries.map(entry);
    if (extensions.length > 0) list.crlExtensions = new pkijs.Extensions({ extensions: [...extensions] });
    await list.sign(this.key, 'SHA-256');
    return new Uint8Array(list.toSchema(true).toBER());
  }
}

function blank(
  publicKey: pkijs.PublicKeyInfo,
  { from, until, serial, isAuthority, purposes, extensions = [] }: Making,
) {
  const certificate = new pkijs.Certificate({ version: 2 });
  const number = serial ?? BigInt(`0x4${randomBytes(8).toString('hex')}`);
  certificate.serialNumber = asn1js.Integer.fromBigInt(number);
  certificate.notBefore = new pkijs.Time({ type: 0, value: from ?? ago(hour) });
  certificate.notAfter = new pkijs.Time({ type: 0, value: until ?? ago(-hour) });
  certificate.subjectPublicKeyInfo = publicKey;
  certificate.extensions = [...extensions];
  if (isAuthority) {
    const constraints = new pkijs.BasicConstraints({ cA: true }).toSchema().toBER();
    certificate.extensions.push(new pkijs.Extension({ extnID: '2.5.29.19', critical: true, extnValue: constraints }));
  }
  if (purposes) {
    const usage = new pkijs.ExtKeyUsage({ keyPurposes: [...purposes] }).toSchema().toBER();
    certificate.extensions.push(new pkijs.Extension({ extnID: '2.5.29.37', extnValue: usage }));
  }
  return certificate;
}

function entry({ serial, at, reason }: Listing['entries'][number]): pkijs.RevokedCertificate {
  const listed = new pkijs.RevokedCertificate({
    userCertificate: asn1js.Integer.fromBigInt(serial),
    revocationDate: new pkijs.Time({ type: 0, value: at }),
  });
  if (reason === undefined) return listed;
  const extnValue = new asn1js.Enumerated({ value: reason }).toBER();
  const extensions = [new pkijs.Extension({ extnID: '2.5.29.21', extnValue })];
  listed.crlEntryExtensions = new pkijs.Extensions({ extensions });
  return listed;
}

function named(name: string): pkijs.AttributeTypeAndValue[] {
  return [new pkijs.AttributeTypeAndValue({ type: '2.5.4.3', value: new asn1js.Utf8String({ value: name }) })];
}

function pem(certificate: pkijs.Certificate): string {
  return toPem('CERTIFICATE', new Uint8Array(certificate.toSchema(true).toBER()));
}

function ago(milliseconds: number): Date {
  return new Date(Date.now() - milliseconds);
}

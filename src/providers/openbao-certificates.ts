import { X509Certificate } from 'node:crypto';
import { z } from 'zod';
import { fromPem } from '../certificates/pem.ts';
import type { Read, Write } from '../contract/call.ts';
import type { SigningRequest } from '../contract/authorities.ts';
import { isAddress } from '../certificates/subject-names.ts';
import { KeyturnError } from '../contract/errors.ts';
import { lost } from './http-exchange.ts';
import type { OpenBao } from './openbao-client.ts';
import type { PathSegments } from './path-segments.ts';

/** A certificate as OpenBao keeps it. */
export interface Kept {
  /** PEM, the leaf alone. */
  readonly certificate: string;
  readonly isRevoked: boolean;
}

/** What {@link BaoCertificates.listed} tells of a certificate. */
export interface Listed {
  readonly serial: string;
  readonly dnsNames: readonly string[];
  readonly notAfter: string;
}

export interface BaoIssuer {
  readonly id: string;
  /** PEM, this one first and its root last. */
  readonly chain: string;
}

export interface PkiRole {
  readonly keepsCertificates: boolean;
  readonly asksCommonName: boolean;
}

/** One mount of OpenBao's PKI engine. https://openbao.org/api-docs/secret/pki/ */
export interface BaoCertificates {
  /** Returns the chain. OpenBao may shorten the lifetime. */
  sign(role: string, request: SigningRequest, call: Write): Promise<string>;
  listed(call: Read): Promise<readonly Listed[]>;
  /** `undefined` where there is none. */
  read(serial: string, call: Read): Promise<Kept | undefined>;
  /** Whether it is on OpenBao's list now; it refuses to put one there that has expired. What others issued is `invalid_request`. */
  revoke(certificate: string, call: Write): Promise<boolean>;
  issuers(call: Read): Promise<readonly BaoIssuer[]>;
  /** DER; `undefined` where there is none. */
  list(issuer: string, call: Read): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** The bytes of an OCSP response. */
  answer(question: Uint8Array<ArrayBuffer>, call: Read): Promise<Uint8Array<ArrayBuffer>>;
  role(name: string, call: Read): Promise<PkiRole | undefined>;
}

const record = z.record(z.string(), z.unknown());
const pem = z.string().refine(isCertificate);
const chain = z.array(pem).nullish();
const signedShape = z.object({ certificate: pem, issuing_ca: pem, ca_chain: chain });
const keptShape = z.object({ certificate: pem, revocation_time: z.int() });
const issuerShape = z.object({ certificate: pem, ca_chain: chain });
const roleShape = z.object({ no_store: z.boolean(), require_cn: z.boolean() });
const infoShape = z.record(z.string(), z.object({ dns_names: z.array(z.string()).nullish(), not_after: z.string() }));

export function openCertificates(bao: OpenBao, mount: PathSegments): BaoCertificates {
  const at = (...rest: string[]) => [...mount, ...rest];
  return {
    async sign(role, { csr, names, lifetimeMs }, call) {
      const body = { csr, ttl: `${Math.floor(lifetimeMs / 1000)}s`, ...named(names) };
      const { certificate, issuing_ca, ca_chain } = expect(
        signedShape,
        await bao.write(at('sign', role), body, call),
        true,
      );
      return chained(certificate, ca_chain?.length ? ca_chain : [issuing_ca]);
    },
    async listed(call) {
      const found = await bao.read(at('certs', 'detailed'), call, { list: 'true' });
      const known = expect(infoShape, found?.['key_info'] ?? {});
      return Object.entries(known).map(([serial, { dns_names, not_after }]) => ({
        serial,
        dnsNames: dns_names ?? [],
        notAfter: not_after,
      }));
    },
    async read(serial, call) {
      const found = await bao.read(at('cert', serial.replaceAll(':', '-')), call);
      if (found === undefined) return undefined;
      const { certificate, revocation_time } = expect(keptShape, found);
      return { certificate, isRevoked: revocation_time !== 0 };
    },
    async revoke(certificate, call) {
      const done = await bao.write(at('revoke'), { certificate }, call);
      return done?.['state'] === 'revoked' && Number(done['revocation_time']) > 0;
    },
    async issuers(call) {
      const found: BaoIssuer[] = [];
      for (const id of await bao.list(at('issuers'), call)) {
        const { certificate, ca_chain } = expect(issuerShape, await bao.read(at('issuer', id, 'json'), call));
        found.push({ id, chain: ca_chain?.length ? chained('', ca_chain) : certificate });
      }
      return found;
    },
    async list(issuer, call) {
      const found = await bao.read(at('issuer', issuer, 'crl'), call);
      const { crl } = expect(record, found ?? {});
      return typeof crl === 'string' ? fromPem('X509 CRL', crl) : undefined;
    },
    async answer(question, call) {
      const content = { type: 'application/ocsp-request', bytes: question };
      const { status, bytes } = await bao.askOpenly(at('ocsp'), content, call);
      if (status === 429) throw new KeyturnError('throttled', 'OpenBao asks to slow down');
      return bytes;
    },
    async role(name, call) {
      const found = await bao.read(at('roles', name), call);
      if (found === undefined) return undefined;
      const { no_store, require_cn } = expect(roleShape, found);
      return { keepsCertificates: !no_store, asksCommonName: require_cn };
    },
  };
}

/** For roles that take names from here and not from the request. Others leave all of this aside. */
function named(names: readonly string[]) {
  const [dns, addresses] = [names.filter((name) => !isAddress(name)), names.filter(isAddress)];
  return {
    ...(dns[0] !== undefined && { common_name: dns[0] }),
    alt_names: dns.join(','),
    ip_sans: addresses.join(','),
  };
}

function chained(certificate: string, issuers: readonly string[]): string {
  return [certificate, ...issuers]
    .map((pem) => pem.trim())
    .filter(Boolean)
    .join('\n')
    .concat('\n');
}

function isCertificate(text: string): boolean {
  try {
    return new X509Certificate(text).raw.length > 0;
  } catch {
    return false;
  }
}

function expect<Value>(shape: z.ZodType<Value>, found: unknown, changes = false): Value {
  const parsed = shape.safeParse(found);
  if (parsed.success) return parsed.data;
  throw lost({ system: 'OpenBao', changes });
}

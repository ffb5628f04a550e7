import { X509Certificate } from 'node:crypto';
import { z } from 'zod';
import { chainOf, describeChain, isIssuedBy } from '../../certificates/chain.ts';
import { checkRequest } from '../../certificates/checked-request.ts';
import { fulfils } from '../../certificates/fulfilment.ts';
import { judgeList } from '../../certificates/revocation-list.ts';
import { unknown, type Asked } from '../../certificates/revocation.ts';
import { fingerprintOf } from '../../certificates/signing-key.ts';
import { judgeAnswer, statusQuestion } from '../../certificates/status-answer.ts';
import { isAddress, subjectNames } from '../../certificates/subject-names.ts';
import type { AuthorityPort, Certificate, IssuedCertificate, SigningRequest } from '../../contract/authorities.ts';
import type { Read, Write } from '../../contract/call.ts';
import { KeyturnError } from '../../contract/errors.ts';
import type { Provider, World } from '../../contract/provider.ts';
import { lost } from '../http-exchange.ts';
import { observe, type Sight } from '../observe.ts';
import { openCertificates, type BaoCertificates, type BaoIssuer, type Listed } from '../openbao-certificates.ts';
import { openbaoConnection, openbaoPath, openOpenBao, type OpenBao } from '../openbao-client.ts';
import { checkRights } from '../openbao-rights.ts';
import type { PathSegments } from '../path-segments.ts';
import { revocationStatus, type Source } from '../revocation-verdict.ts';

const config = openbaoConnection.extend({
  mount: openbaoPath.prefault('pki').describe('A mount of the PKI engine.'),
  role: z
    .string()
    .regex(/^\w([\w.-]{0,198}\w)?$/, 'expected the name of a role')
    .describe('Under which certificates are signed.'),
  proof: z
    .enum(['both', 'list', 'responder'])
    .default('both')
    .describe('Where a revocation has to show: the revocation list, the OCSP responder.'),
});

/**
 * OpenBao's PKI engine: a role signs the requests.
 *
 * Signing is not idempotent, and nothing but the public key ties a certificate to its request. So `enroll` looks first, through
 * OpenBao's list of all certificates in the mount, of which it reads those with the same names; a role with `no_store` keeps
 * none, and preflight refuses it. Revocations have no reasons there. With `auto_rebuild` the list is signed anew every
 * now and then only, and the responder is ahead of it. https://openbao.org/api-docs/secret/pki/
 */
export const provider: Provider<AuthorityPort, z.output<typeof config>> = {
  kind: 'openbao-pki',
  config,
  create({ mount, role, proof, ...connection }, world) {
    const bao = openOpenBao(connection, world);
    const engine: Engine = { bao, mount, role, proof, world, certificates: openCertificates(bao, mount) };
    return {
      recordsReasons: false,
      enroll: (request, call) => enroll(engine, request, call),
      find: (request, call) => find(engine, request, call),
      revoke: (certificate, _reason, call) => revoke(engine, certificate, call),
      status: (certificate, call) => revocationStatus(world, () => sources(engine, certificate, call)),
      preflight: (names, call) => observe(world, () => isReady(engine, subjectNames(names), call)),
    };
  },
};

interface Engine {
  readonly bao: OpenBao;
  readonly mount: PathSegments;
  readonly role: string;
  readonly proof: z.output<typeof config>['proof'];
  readonly world: World;
  readonly certificates: BaoCertificates;
}

async function enroll(engine: Engine, request: SigningRequest, call: Write): Promise<IssuedCertificate> {
  const { certificates, world, role } = engine;
  const { names } = await checkRequest(request);
  const [before] = await find(engine, request, call);
  if (before) return before;
  const chain = await certificates.sign(role, { ...request, names }, call);
  return fulfils(request, described(world, chain, true), world.now());
}

async function find(engine: Engine, request: SigningRequest, call: Read): Promise<readonly IssuedCertificate[]> {
  const { certificates, world } = engine;
  const wanted = subjectNames(request.names).filter((name) => !isAddress(name));
  const listed = (await certificates.listed(call)).filter((each) => isCandidate(each, wanted, world.now()));
  const found: string[] = [];
  for (const { serial } of listed) {
    const kept = await certificates.read(serial, call);
    if (kept && !kept.isRevoked && isFor(kept.certificate, request)) found.push(kept.certificate);
  }
  if (found.length === 0) return [];
  const issuers = await certificates.issuers(call);
  return found.map((leaf) => described(world, `${leaf}\n${chainAbove(leaf, issuers)}`, false)).toSorted(latestFirst);
}

function isCandidate({ dnsNames, notAfter }: Listed, wanted: readonly string[], now: Date): boolean {
  const named = dnsNames.map((name) => name.toLowerCase()).toSorted();
  return Date.parse(notAfter) > now.getTime() && named.join() === wanted.join();
}

function isFor(certificate: string, { publicKey }: SigningRequest): boolean {
  return fingerprintOf(new X509Certificate(certificate).publicKey) === publicKey;
}

function latestFirst(one: IssuedCertificate, other: IssuedCertificate): number {
  return Date.parse(other.notAfter) - Date.parse(one.notAfter);
}

function chainAbove(leaf: string, issuers: readonly BaoIssuer[]): string {
  return issuerOf(new X509Certificate(leaf), issuers)?.chain ?? '';
}

function issuerOf(leaf: X509Certificate, issuers: readonly BaoIssuer[]): BaoIssuer | undefined {
  return issuers.find(({ chain }) => isIssuedBy(leaf, new X509Certificate(chain)));
}

/** What OpenBao answered must be a chain; anything else is no answer. */
function described({ connection }: World, chain: string, changes: boolean): IssuedCertificate {
  try {
    return describeChain(connection, chain);
  } catch {
    throw lost({ system: 'OpenBao', changes });
  }
}

async function revoke({ certificates, world }: Engine, certificate: Certificate, call: Write): Promise<void> {
  const { leaf } = chainOf(certificate);
  // OpenBao goes by the serial number first, and that of another authority's certificate may be one of its own.
  if (!issuerOf(leaf, await certificates.issuers(call))) {
    throw new KeyturnError('not_found', 'OpenBao has no issuer in this mount that has signed the certificate');
  }
  const isListed = await certificates.revoke(leaf.toString(), call);
  if (!isListed && world.now() < leaf.validToDate) throw lost({ system: 'OpenBao', changes: true });
}

async function sources(engine: Engine, certificate: Certificate, call: Read): Promise<Source[]> {
  const { leaf, issuer } = chainOf(certificate);
  if (!issuer) throw new KeyturnError('invalid_request', 'expected a chain that holds the issuer as well');
  const asked: Asked = { leaf, issuer, now: engine.world.now() };
  return [
    ...(engine.proof === 'list' ? [] : [await responder(engine, asked, call)]),
    ...(engine.proof === 'responder' ? [] : [await list(engine, asked, call)]),
  ];
}

async function responder({ certificates }: Engine, asked: Asked, call: Read): Promise<Source> {
  const answer = await certificates.answer(await statusQuestion(asked), call);
  return { name: 'the OCSP responder', says: await judgeAnswer(answer, asked) };
}

async function list({ certificates }: Engine, asked: Asked, call: Read): Promise<Source> {
  const name = 'the revocation list';
  const issuer = issuerOf(asked.leaf, await certificates.issuers(call));
  if (!issuer) return { name, says: unknown('OpenBao has no such issuer') };
  const der = await certificates.list(issuer.id, call);
  return { name, says: der ? await judgeList(der, asked) : unknown('OpenBao has none for this issuer') };
}

async function isReady(engine: Engine, names: readonly string[], call: Read): Promise<Sight> {
  const { bao, mount, role, certificates } = engine;
  const rights = [
    { name: 'the role', path: [...mount, 'roles', role], capabilities: ['read'] },
    { name: 'sign', path: [...mount, 'sign', role], capabilities: ['update'] },
    { name: 'certs/detailed', path: [...mount, 'certs', 'detailed'], capabilities: ['list'] },
    { name: 'revoke', path: [...mount, 'revoke'], capabilities: ['update'] },
  ];
  const allowed = await checkRights(bao, rights, call);
  if (allowed[0] !== 'yes') return allowed;
  const found = await certificates.role(role, call);
  if (!found) return ['no', 'OpenBao has no such role'];
  if (!found.keepsCertificates)
    return ['no', 'the role keeps no certificates, so one whose answer is lost would not be found'];
  if (found.asksCommonName && names.every(isAddress))
    return ['no', 'the role asks for a common name, so for a DNS name'];
  if ((await certificates.issuers(call)).length === 0) return ['no', 'OpenBao has no issuer in this mount'];
  return ['yes', 'the role exists and the token has all rights that this needs'];
}

import { z } from 'zod';
import { chainOf, describeChain, type Chain } from '../../certificates/chain.ts';
import { checkRequest } from '../../certificates/checked-request.ts';
import { fulfils } from '../../certificates/fulfilment.ts';
import { publishedIn, renewalName } from '../../certificates/published.ts';
import { judgeList } from '../../certificates/revocation-list.ts';
import { reasonCode } from '../../certificates/revocation.ts';
import { judgeAnswer, statusQuestion } from '../../certificates/status-answer.ts';
import { subjectNames } from '../../certificates/subject-names.ts';
import type {
  AuthorityPort,
  Certificate,
  IssuedCertificate,
  RenewalWindow,
  RevocationReason,
  SigningRequest,
} from '../../contract/authorities.ts';
import type { Read, Write } from '../../contract/call.ts';
import { KeyturnError } from '../../contract/errors.ts';
import type { Provider, World } from '../../contract/provider.ts';
import { acmeChallenge, canShow } from '../acme-challenge.ts';
import { acmeConnection, openAcme, type Acme } from '../acme-client.ts';
import { acmeFailure, problemIn } from '../acme-errors.ts';
import { orderCertificate } from '../acme-order.ts';
import { exchange, lost } from '../http-exchange.ts';
import { observe, type Sight } from '../observe.ts';
import { revocationStatus, type Source } from '../revocation-verdict.ts';

const config = acmeConnection.extend({
  challenge: acmeChallenge,
  profile: z.string().min(1).max(100).optional().describe('One of those that the authority offers.'),
  reasons: z.boolean().default(true).describe('Tells the reason of a revocation; the ACME of OpenBao takes none.'),
  patienceMs: z.int().min(1_000).max(3_600_000).default(120_000).describe('How long one step of an order may take.'),
});

type Config = z.output<typeof config>;

/**
 * An authority that speaks ACME, RFC 8555. The account is the one of the key, and is made when it is first needed; whoever
 * configures this agrees to the terms of service.
 *
 * The authority alone decides how long a certificate is valid: most refuse to be asked, and `profile` may choose. Orders are not
 * idempotent, and what an account has ordered can't be listed at most authorities, so there is no `find`: a worker that dies
 * after the request was handed in may leave a certificate that nobody knows. Its key is destroyed, and another one drawn. Revocation is looked up
 * where the certificate says, by list and by OCSP. When to renew is asked by RFC 9773 where there is that.
 *
 * The client is our own, on the same requests as every other provider: it has to know what a lost answer may hide, which the
 * libraries for ACME that repeat requests by themselves do not tell.
 */
export const provider: Provider<AuthorityPort, Config> = {
  kind: 'acme',
  config,
  create(settings, world) {
    const server: Server = { settings, world, acme: openAcme(connectionOf(settings), world) };
    return {
      recordsReasons: settings.reasons,
      enroll: (request, call) => enroll(server, request, call),
      revoke: (certificate, reason, call) => revoke(server, certificate, reason, call),
      status: (certificate, call) => revocationStatus(world, () => sources(server, certificate, call)),
      renewal: (certificate, call) => renewal(server, certificate, call),
      preflight: (names, call) => observe(world, () => isReady(server, subjectNames(names), call)),
    };
  },
};

interface Server {
  readonly settings: Config;
  readonly world: World;
  readonly acme: Acme;
}

function connectionOf({ directory, accountKey, contact, externalAccount, timeoutMs }: Config) {
  return { directory, accountKey, timeoutMs, ...(contact && { contact }), ...(externalAccount && { externalAccount }) };
}

async function enroll(
  { acme, world, settings }: Server,
  request: SigningRequest,
  call: Write,
): Promise<IssuedCertificate> {
  const { challenge, profile, patienceMs } = settings;
  const asked = await checkRequest(request);
  const [can, because] = await canShow(challenge, asked.names);
  if (can === 'no') throw new KeyturnError('invalid_request', because);
  const chain = await orderCertificate({ acme, challenge, profile, patienceMs }, asked, call);
  return fulfils({ ...asked, lifetimeMs: Number.POSITIVE_INFINITY }, described(world, chain), world.now());
}

function described({ connection }: World, chain: string): IssuedCertificate {
  try {
    return describeChain(connection, chain);
  } catch {
    throw lost({ system: 'the authority', changes: true });
  }
}

async function revoke(
  { acme, world, settings }: Server,
  held: Certificate,
  why: RevocationReason,
  call: Write,
): Promise<void> {
  const { leaf } = chainOf(held);
  if (world.now() > leaf.validToDate) return;
  const payload = { certificate: leaf.raw.toString('base64url'), ...(settings.reasons && { reason: reasonCode(why) }) };
  const { revokeCert } = await acme.directory(call);
  const answer = await acme.post(revokeCert, payload, { changes: true }, call);
  if (problemIn(answer.json) === 'alreadyRevoked') return;
  // A page in place of the answer has status 200 too; a server of ACME gives a nonce with its own. RFC 8555 (6.5)
  if (answer.status !== 200 || !answer.headers.has('replay-nonce')) throw acmeFailure(answer, true);
}

async function sources({ world, settings }: Server, certificate: Certificate, { signal }: Read): Promise<Source[]> {
  const asked = { ...withIssuer(chainOf(certificate)), now: world.now() };
  const { lists, responders } = publishedIn(asked.leaf);
  const common = { headers: {}, changes: false, timeoutMs: settings.timeoutMs, signal };
  const seen: Source[] = [];
  for (const url of responders) {
    const content = { type: 'application/ocsp-request', bytes: await statusQuestion(asked) };
    const request = { ...common, system: 'the OCSP responder', method: 'POST', url, content };
    const { bytes } = await exchange(world.fetch, request);
    seen.push({ name: request.system, says: await judgeAnswer(bytes, asked) });
  }
  for (const url of lists) {
    const request = { ...common, system: 'the revocation list', method: 'GET', url };
    const { bytes } = await exchange(world.fetch, request);
    seen.push({ name: request.system, says: await judgeList(bytes, asked, url) });
  }
  return seen;
}

function withIssuer({ leaf, issuer }: Chain) {
  if (issuer) return { leaf, issuer };
  throw new KeyturnError('invalid_request', 'expected a chain that holds the issuer as well');
}

const windowShape = z.object({ suggestedWindow: z.object({ start: z.coerce.date(), end: z.coerce.date() }) });

async function renewal({ acme }: Server, certificate: Certificate, call: Read): Promise<RenewalWindow | undefined> {
  const name = renewalName(chainOf(certificate).leaf);
  const { renewalInfo } = await acme.directory(call);
  if (renewalInfo === undefined || name === undefined) return undefined;
  const answer = await acme.get(`${renewalInfo}/${name}`, call);
  const parsed = windowShape.safeParse(answer.json);
  if (answer.status !== 200 || !parsed.success) throw acmeFailure(answer, false);
  const { start, end } = parsed.data.suggestedWindow;
  return { start: start.toISOString(), end: end.toISOString() };
}

async function isReady({ acme, settings }: Server, names: readonly string[], call: Read): Promise<Sight> {
  const shown = await canShow(settings.challenge, names);
  const isThere = await acme.hasAccount(call);
  if (shown[0] !== 'yes') return shown;
  return ['yes', isThere ? 'the account is there and challenges can be answered' : 'challenges can be answered'];
}

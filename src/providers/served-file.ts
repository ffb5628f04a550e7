import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { z } from 'zod';
import { readBundle } from '../certificates/bundle.ts';
import { digestOf, readChain, type Chain } from '../certificates/chain.ts';
import { pemBlocks } from '../certificates/pem.ts';
import type { Read } from '../contract/call.ts';
import { KeyturnError } from '../contract/errors.ts';
import type { World } from '../contract/provider.ts';
import type { Secret } from '../contract/secret.ts';
import type { Verdict } from '../contract/verdict.ts';
import { observe, type Sight } from './observe.ts';
import { servesCertificate } from './served-certificate.ts';
import { shakeHands, type TlsEndpoint } from './tls-handshake.ts';

const nameOrAddress = z
  .string()
  .max(253)
  .refine((text) => isIP(text) !== 0 || /^\w([\w.-]*\w)?$/.test(text), 'expected a name or an address');

const endpoint = z.strictObject({
  host: nameOrAddress.describe('A name, all addresses of which are asked, or one address.'),
  port: z.int().min(1).max(65_535),
  serverName: nameOrAddress.optional().describe('The name that clients ask for; `host` where it is left out.'),
  target: z.string().max(512).optional().describe('The one file served here. Left out: whichever is delivered.'),
});

/**
 * Where servers on TLS serve what a file holds: the private key in PEM and the chain of its certificate, leaf first, in one file, as
 * nginx and HAProxy read them. https://nginx.org/en/docs/http/ngx_http_ssl_module.html#ssl_certificate
 */
export const servedFile = z.strictObject({
  endpoints: z.array(endpoint).min(1).max(50),
  roots: z
    .string()
    .refine(holdsCertificates, 'expected certificates in PEM')
    .optional()
    .describe('PEM of the roots that clients trust; those of Node where it is left out.'),
  timeoutMs: z.int().min(100).max(60_000).default(5_000).describe('Milliseconds that one handshake may take.'),
  rounds: z.int().min(1).max(100).default(2).describe('Handshakes with each address, behind which several may listen.'),
});

export type ServedFile = z.output<typeof servedFile>;

/** Throws `invalid_request` for what no endpoint could be seen to serve: no key with its chain, or one with that of another (F20). */
export function refuseUnservable(serves: ServedFile, target: string, secret: Secret): void {
  endpointsOf(serves, target);
  readBundle(target, secret);
}

/**
 * Does every endpoint serve the leaf of this file, in a way that its clients accept? `no` as soon as one serves another, `unknown`
 * while one is silent and none is wrong.
 */
export async function isServed(
  serves: ServedFile,
  { target, content }: { readonly target: string; readonly content: string },
  world: Pick<World, 'now'>,
  call: Read,
): Promise<Sight> {
  const chain = chainIn(content);
  if (!chain) return ['no', 'the file holds no chain of certificates, leaf first'];
  const fingerprint = digestOf(chain.leaf);
  const endpoints = endpointsOf(serves, target);
  const ask = (each: TlsEndpoint) => servesCertificate(world, each, { fingerprint }, call);
  return everywhere(endpoints, ask, 'serve it; chain, name and time are good');
}

/** Can every endpoint be asked? Whatever certificate it shows will do: that may be the one to be replaced. */
export async function canBeAsked(
  serves: ServedFile,
  target: string,
  world: Pick<World, 'now'>,
  call: Read,
): Promise<Sight> {
  if (!serves.endpoints.some(isOf(target))) return ['no', unserved];
  const ask = (each: TlsEndpoint) =>
    observe(world, async () => {
      const seen = await shakeHands({ ...each, rounds: 1 }, call);
      const silent = seen.find((one) => one.is === 'silent');
      return silent ? ['unknown', `${silent.address}: ${silent.because}`] : ['yes', 'it shakes hands'];
    });
  return everywhere(endpointsOf(serves, target), ask, 'shake hands');
}

const unserved = 'target: no endpoint of the connection serves it';

const isOf = (target: string) => (each: { readonly target?: string | undefined }) => (each.target ?? target) === target;

function endpointsOf({ endpoints, ...common }: ServedFile, target: string): TlsEndpoint[] {
  const found = endpoints.filter(isOf(target)).map((each) => ({ ...each, ...common }));
  if (found.length > 0) return found;
  throw new KeyturnError('invalid_request', unserved);
}

async function everywhere(
  endpoints: readonly TlsEndpoint[],
  ask: (endpoint: TlsEndpoint) => Promise<Verdict>,
  whatAllDo: string,
): Promise<Sight> {
  const seen = await Promise.all(
    endpoints.map(async (each) => ({ ...(await ask(each)), place: `${each.host}:${each.port}` })),
  );
  for (const bad of ['no', 'unknown'] as const) {
    const [first, ...more] = seen.filter(({ is }) => is === bad);
    if (first) return [bad, `${first.place}: ${first.because}${more.length > 0 ? `; and ${more.length} more` : ''}`];
  }
  const [first, ...more] = seen;
  return ['yes', more.length > 0 ? `all ${seen.length} endpoints ${whatAllDo}` : (first?.because ?? '')];
}

function chainIn(content: string): Chain | undefined {
  try {
    return readChain(content);
  } catch {
    return undefined;
  }
}

function holdsCertificates(text: string): boolean {
  try {
    return pemBlocks('CERTIFICATE', text).map((block) => new X509Certificate(block)).length > 0;
  } catch {
    return false;
  }
}

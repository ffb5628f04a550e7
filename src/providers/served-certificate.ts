import type { CertificateRef } from '../contract/references.ts';
import type { Read } from '../contract/call.ts';
import type { World } from '../contract/provider.ts';
import type { Verdict } from '../contract/verdict.ts';
import { observe, type Sight } from './observe.ts';
import { shakeHands, type Handshake, type Resolve, type TlsEndpoint } from './tls-handshake.ts';

const mostNamed = 3;

/**
 * Is the certificate what *every* address of the endpoint serves, in a way that a client accepts: chain, name and time? `no` as soon
 * as one of them serves another one, or one that clients turn away (F21); `unknown` while one does not shake hands.
 */
export async function servesCertificate(
  world: Pick<World, 'now'>,
  endpoint: TlsEndpoint,
  { fingerprint }: Pick<CertificateRef, 'fingerprint'>,
  call: Read,
  resolve?: Resolve,
): Promise<Verdict> {
  return observe(world, async () => judge(await shakeHands(endpoint, call, resolve), fingerprint));
}

function judge(seen: readonly Handshake[], fingerprint: CertificateRef['fingerprint']): Sight {
  const wrong = seen.flatMap((each) => {
    if (each.is === 'silent') return [];
    const problem = each.fingerprint === fingerprint ? each.problem : 'it serves another certificate';
    return problem === undefined ? [] : [`${each.address}: ${problem}`];
  });
  if (wrong.length > 0) return ['no', listed(wrong)];
  const silent = seen.flatMap((each) => (each.is === 'silent' ? [`${each.address}: ${each.because}`] : []));
  if (silent.length > 0) return ['unknown', listed(silent)];
  const addresses = new Set(seen.map(({ address }) => address)).size;
  return [
    'yes',
    `served at ${addresses === 1 ? 'its one address' : `all ${addresses} addresses`}; chain, name and time are good`,
  ];
}

function listed(sentences: readonly string[]): string {
  const each = [...new Set(sentences)];
  const more = each.length - mostNamed;
  return [...each.slice(0, mostNamed), ...(more > 0 ? [`and ${more} more`] : [])].join('; ');
}

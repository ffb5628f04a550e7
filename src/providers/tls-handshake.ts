import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { digestOf } from '../certificates/chain.ts';
import type { Read } from '../contract/call.ts';
import { KeyturnError } from '../contract/errors.ts';

/** Where TLS is spoken from the first byte on. */
export interface TlsEndpoint {
  /** A name, all addresses of which are tried, or one address. */
  readonly host: string;
  readonly port: number;
  /** The name that a client asks for and that the certificate must be for; `host` where it is left out. */
  readonly serverName?: string | undefined;
  /** PEM of the roots that its clients trust; those of Node where it is left out. */
  readonly roots?: string | undefined;
  /** Of one handshake. */
  readonly timeoutMs: number;
  /** Handshakes with each address: behind one address there may be several listeners. */
  readonly rounds: number;
}

/** What one handshake showed. */
export type Handshake =
  | {
      readonly is: 'served';
      readonly address: string;
      readonly fingerprint: `sha256:${string}`;
      /** RFC 3339. */
      readonly notAfter: string;
      /** Why a client would turn away, in our own words; `undefined` where it would not. */
      readonly problem: string | undefined;
    }
  | { readonly is: 'silent'; readonly address: string; readonly because: string };

export type Resolve = (host: string) => Promise<readonly string[]>;

const mostAddresses = 64;

/**
 * Shakes hands with every address behind the host and tells what each of them serves. A handshake that fails before a certificate
 * was seen is `silent`: nobody listens, plain TCP, another protocol. Nothing is sent after it. Throws `unavailable` where the name
 * leads nowhere, or the call was told to stop. RFC 8446, RFC 9525
 */
export async function shakeHands(
  endpoint: TlsEndpoint,
  call: Read,
  resolve: Resolve = addressesOf,
): Promise<readonly Handshake[]> {
  if (call.signal.aborted) throw new KeyturnError('unavailable', 'no handshake was tried: the call was told to stop');
  const addresses = (await resolve(endpoint.host)).slice(0, mostAddresses);
  if (addresses.length === 0) throw new KeyturnError('unavailable', 'the name of the endpoint leads nowhere');
  return (await Promise.all(addresses.map((address) => atAddress(endpoint, address, call)))).flat();
}

async function addressesOf(host: string): Promise<readonly string[]> {
  try {
    return [...new Set((await lookup(host, { all: true })).map(({ address }) => address))];
  } catch {
    throw new KeyturnError('unavailable', 'the name of the endpoint can not be resolved');
  }
}

async function atAddress(endpoint: TlsEndpoint, address: string, call: Read): Promise<Handshake[]> {
  const seen: Handshake[] = [];
  for (let round = 0; round < endpoint.rounds; round += 1) {
    const one = await shakeOne(endpoint, address, call);
    seen.push(one);
    if (one.is === 'silent') break;
  }
  return seen;
}

function shakeOne(endpoint: TlsEndpoint, address: string, { signal }: Read): Promise<Handshake> {
  const { port, roots, timeoutMs, host, serverName = host } = endpoint;
  return new Promise((settle) => {
    const end = (outcome: Handshake): void => {
      signal.removeEventListener('abort', stop);
      clearTimeout(timer);
      socket.destroy();
      settle(outcome);
    };
    const silent = (because: string): void => end({ is: 'silent', address, because });
    const stop = (): void => silent('the call was told to stop');
    const socket = connect({
      host: address,
      port,
      servername: isIP(serverName) === 0 ? serverName : '',
      // The certificate is to be seen whatever it is like; it is judged below.
      rejectUnauthorized: false,
      checkServerIdentity: () => undefined,
      ...(roots !== undefined && { ca: roots }),
    });
    socket.once('secureConnect', () => end(served(socket, address, serverName)));
    socket.on('error', () => silent('it did not shake hands'));
    socket.once('close', () => silent('it ended the connection before the handshake'));
    const timer = setTimeout(() => silent('it did not shake hands in time'), timeoutMs);
    signal.addEventListener('abort', stop, { once: true });
  });
}

function served(socket: TLSSocket, address: string, name: string): Handshake {
  const leaf = socket.getPeerX509Certificate();
  if (!leaf) return { is: 'silent', address, because: 'it showed no certificate' };
  const isForName = isIP(name) === 0 ? leaf.checkHost(name, { subject: 'never' }) : leaf.checkIP(name);
  const problem = isForName === undefined ? 'the certificate is not for this name' : chainProblem(socket);
  return { is: 'served', address, fingerprint: digestOf(leaf), notAfter: leaf.validToDate.toISOString(), problem };
}

/** OpenSSL checks times and signatures up to a root; its words only sort what is said. */
function chainProblem({ authorized, authorizationError }: TLSSocket): string | undefined {
  if (authorized) return undefined;
  const code = String(authorizationError);
  if (code === 'CERT_HAS_EXPIRED') return 'a certificate in the chain has expired';
  if (code === 'CERT_NOT_YET_VALID') return 'a certificate in the chain is not valid yet';
  return 'the chain does not lead to a trusted root';
}

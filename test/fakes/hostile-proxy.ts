import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What goes wrong on the way. With `when` only a message that holds these words meets it, and all that follows on its connection. */
export type Fault =
  /** Nobody listens. */
  | { readonly kind: 'refuse' }
  /** The connection breaks before the message is forwarded. */
  | { readonly kind: 'reset'; readonly when?: string }
  /** The message is forwarded and the system answers, but the connection breaks before the answer is passed on. */
  | { readonly kind: 'lose-reply'; readonly when?: string }
  /** The message is forwarded, and the answer comes so many milliseconds late. */
  | { readonly kind: 'delay'; readonly milliseconds: number }
  /** HTTP: the message is forwarded, and the answer breaks off in the middle of its body, or of its head where it has none. */
  | { readonly kind: 'truncate' }
  /** HTTP: something in between answers by itself, and nothing is forwarded. */
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly type: string;
      readonly body: string;
      readonly headers?: Readonly<Record<string, string>>;
    };

/** Words that the answers below hold; they must never show in an error or verdict. */
export const hostileWords = 'Request blocked by ExampleWall';

const page = `<!DOCTYPE html><html><body><h1>${hostileWords}</h1><p>Incident 8731</p></body></html>`;

/** What load balancers, firewalls and captive portals are known to say in place of the system behind them. */
export const httpFaults = {
  'a 429': { kind: 'answer', status: 429, type: 'text/plain', body: hostileWords },
  'a 503': { kind: 'answer', status: 503, type: 'text/html', body: page },
  'a 403 page of a firewall': { kind: 'answer', status: 403, type: 'text/html', body: page },
  'a 200 page of a portal': { kind: 'answer', status: 200, type: 'text/html', body: page },
  'a 200 of garbage': { kind: 'answer', status: 200, type: 'text/xml', body: `\u0001\u0002<<${hostileWords}` },
  'an empty 200': { kind: 'answer', status: 200, type: 'text/xml', body: '' },
  'a truncated answer': { kind: 'truncate' },
} as const satisfies Record<string, Fault>;

export interface HostileProxy {
  readonly host: string;
  readonly port: number;
  /** From now on every message meets this fault, on connections that are open already too; `undefined`: all is well again. */
  meet(fault: Fault | undefined): Promise<void>;
  /** How many messages were passed on to the system. */
  readonly forwarded: number;
  close(): Promise<void>;
}

/**
 * Stands between a client and a real system that speaks over TCP, and forwards bytes until it is told of a fault. It reads a
 * chunk as a message, which holds for a small request on loopback; it does not look into TLS.
 */
export async function startHostileProxy(system: { host: string; port: number }): Promise<HostileProxy> {
  const state = { fault: undefined as Fault | undefined, forwarded: 0, open: new Set<Socket>() };
  const server = createServer((client) => {
    const upstream = connect(system.port, system.host);
    join(state, client, upstream);
  });
  const port = await listen(server, 0);
  const stop = async () => {
    for (const socket of state.open) socket.destroy();
    if (!server.listening) return;
    server.close();
    await once(server, 'close');
  };
  return {
    host: '127.0.0.1',
    port,
    get forwarded() {
      return state.forwarded;
    },
    async meet(fault) {
      state.fault = fault;
      if (fault?.kind === 'refuse') await stop();
      else if (!server.listening) await listen(server, port);
    },
    close: stop,
  };
}

interface State {
  readonly fault: Fault | undefined;
  forwarded: number;
  readonly open: Set<Socket>;
}

function join(state: State, client: Socket, upstream: Socket): void {
  for (const socket of [client, upstream]) {
    state.open.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => state.open.delete(socket));
  }
  let met: Fault | undefined;
  let passed: Promise<void> = Promise.resolve();
  const held: Buffer[] = [];
  client.on('data', (message: Buffer) => {
    if (concerns(state.fault, message)) met = state.fault;
    else if (state.fault === undefined) met = undefined;
    if (met?.kind === 'reset') cut(client);
    else if (met?.kind === 'answer') client.end(httpAnswer(met));
    else {
      state.forwarded += 1;
      upstream.write(message);
    }
  });
  client.on('close', () => upstream.destroySoon());
  upstream.on('data', (answer: Buffer) => {
    if (met?.kind === 'lose-reply') cut(client);
    else if (met?.kind === 'truncate') passed = breakOff(held, answer, client);
    else
      passed = Promise.all([passed, passOn(answer, client, met?.kind === 'delay' ? met.milliseconds : 0)]).then(
        () => {},
      );
  });
  // What is still on its way to the client gets there, late as it may be.
  upstream.on('close', () => void passed.then(() => client.destroySoon()));
}

/** With a reset, but once: a second one on a socket that is closing leaves Node with a handle that it waits for at exit. */
function cut(socket: Socket): void {
  if (socket.writableEnded) socket.destroy();
  else socket.resetAndDestroy();
}

function concerns(fault: Fault | undefined, message: Buffer): boolean {
  if (fault === undefined) return false;
  return !('when' in fault) || fault.when === undefined || message.includes(fault.when);
}

async function passOn(answer: Buffer, client: Socket, delay: number): Promise<void> {
  if (delay > 0) await sleep(delay, undefined, { ref: false });
  if (!client.destroyed) client.write(answer);
}

/** Servers send head and body in pieces, so the answer is whole only when a moment has passed without another one. */
async function breakOff(held: Buffer[], piece: Buffer, client: Socket): Promise<void> {
  held.push(piece);
  const pieces = held.length;
  await sleep(50, undefined, { ref: false });
  if (held.length > pieces) return;
  const answer = Buffer.concat(held.splice(0));
  const body = answer.indexOf('\r\n\r\n') + 4;
  // An answer without a body breaks off in its head.
  const whole = body === answer.length ? 0 : body;
  client.end(answer.subarray(0, whole + Math.floor((answer.length - whole) / 2)));
}

function httpAnswer({ status, type, body, headers: more = {} }: Extract<Fault, { kind: 'answer' }>): string {
  const known = { 'content-type': type, 'content-length': Buffer.byteLength(body), connection: 'close' };
  const headers = Object.entries({ ...known, ...more }).map(([name, value]) => `${name}: ${value}`);
  return [`HTTP/1.1 ${status} Hostile`, ...headers, '', body].join('\r\n');
}

async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A running server of the made-up product Turnstile: users, and up to two API keys for each. */
export interface Turnstile {
  readonly url: string;
  readonly adminToken: string;
  /** Makes a user without keys. */
  addUser(name: string): void;
  close(): Promise<void>;
}

interface Key {
  readonly id: string;
  readonly secret: string;
  readonly createdAt: string;
  enabled: boolean;
  usedAt: string | null;
}

type Users = Map<string, Key[]>;
type Answer = readonly [status: number, body?: object];

const mostKeys = 2;

/** Starts one on a free port of 127.0.0.1. All is in memory and gone with it. */
export async function startTurnstile(): Promise<Turnstile> {
  const users: Users = new Map();
  const adminToken = randomBytes(24).toString('base64url');
  const server = createServer((request, response) => void serve(request, response, users, adminToken));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    adminToken,
    addUser: (name) => void users.set(name, []),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function serve(request: IncomingMessage, response: ServerResponse, users: Users, adminToken: string) {
  const text = Buffer.concat(await request.toArray()).toString('utf8');
  const [status, body] = answer(request, text, users, adminToken);
  response.writeHead(status, { 'content-type': 'application/json' }).end(body && JSON.stringify(body));
}

function answer({ method, url = '/', headers }: IncomingMessage, text: string, users: Users, token: string): Answer {
  const bearer = headers.authorization?.replace(/^Bearer /, '');
  if (`${method} ${url}` === 'GET /v1/whoami') return whoami(users, bearer);
  if (bearer !== token) return [403, { error: 'not-an-administrator' }];
  const [, user = '', id] = /^\/v1\/users\/([^/]+)\/keys(?:\/([^/]+))?$/.exec(url) ?? [];
  const keys = users.get(decodeURIComponent(user));
  if (!keys) return [404, { error: 'no-such-user' }];
  if (id === undefined) return method === 'POST' ? create(keys) : [200, { keys: keys.map(shown) }];
  const key = keys.find((each) => each.id === decodeURIComponent(id));
  if (!key) return [404, { error: 'no-such-key' }];
  if (method === 'DELETE') keys.splice(keys.indexOf(key), 1);
  else key.enabled = (JSON.parse(text) as { enabled: boolean }).enabled;
  return method === 'DELETE' ? [204] : [200, shown(key)];
}

function whoami(users: Users, secret: string | undefined): Answer {
  for (const [user, keys] of users) {
    const key = keys.find((each) => each.secret === secret && each.enabled);
    if (!key) continue;
    key.usedAt = new Date().toISOString();
    return [200, { user, id: key.id }];
  }
  return [401, { error: 'key-refused' }];
}

function create(keys: Key[]): Answer {
  if (keys.length >= mostKeys) return [409, { error: 'too-many-keys' }];
  const [id, secret] = [`tk_${randomBytes(6).toString('hex')}`, randomBytes(24).toString('base64url')];
  keys.push({ id, secret, createdAt: new Date().toISOString(), enabled: true, usedAt: null });
  // This is the only time that the secret is shown.
  return [201, { id, secret }];
}

function shown({ id, enabled, createdAt, usedAt }: Key): object {
  return { id, enabled, createdAt, usedAt };
}

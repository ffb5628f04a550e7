import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { listen } from './listen.ts';

export interface Held {
  readonly id?: string;
  readonly secret?: string;
  readonly fingerprint?: string;
}

/** One place of the workload: what it was given, and what it runs on since it was last told to reload. */
export interface Place {
  given: Held | undefined;
  running: Held | undefined;
  working: boolean;
  changes: number;
  reloads: number;
}

/** A workload behind real HTTP that takes a credential, reloads and reports, at every path prefix a separate one. */
export interface Workload {
  readonly host: string;
  readonly port: number;
  readonly url: string;
  /** Each request as `METHOD path`, and the bearer token that came with it. */
  readonly requests: string[];
  at(prefix: string): Place;
  /** Answers in place of the workload while set. */
  instead: ((request: IncomingMessage, response: ServerResponse) => void) | undefined;
  close(): Promise<void>;
}

/** `pull` is what the workload reads when it reloads; left out, it takes up what was put to it. */
export async function startWorkload(pull?: () => Promise<Held | undefined>): Promise<Workload> {
  const places = new Map<string, Place>();
  const at = (prefix: string) => {
    const place = places.get(prefix) ?? { given: undefined, running: undefined, working: true, changes: 0, reloads: 0 };
    places.set(prefix, place);
    return place;
  };
  const server = createServer((request, response) => {
    workload.requests.push(`${request.method} ${request.url} ${request.headers.authorization ?? ''}`.trim());
    if (workload.instead) workload.instead(request, response);
    else void serve(request, response, at, pull);
  });
  const port = await listen(server);
  const workload: Workload = {
    host: '127.0.0.1',
    port,
    url: `http://127.0.0.1:${port}`,
    requests: [],
    at,
    instead: undefined,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return workload;
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  at: (prefix: string) => Place,
  pull: (() => Promise<Held | undefined>) | undefined,
): Promise<void> {
  const [, prefix = '', path] = /^(.*?)(\/-\/[a-z]+)$/.exec(request.url ?? '') ?? [];
  const place = at(prefix);
  const todo = `${request.method} ${path}`;
  if (todo === 'PUT /-/credential') {
    const given: Held = JSON.parse(Buffer.concat(await request.toArray()).toString('utf8'));
    if (JSON.stringify(given) !== JSON.stringify(place.given)) place.changes += 1;
    place.given = given;
    response.writeHead(204).end();
  } else if (todo === 'POST /-/reload') {
    place.reloads += 1;
    place.running = pull ? await pull() : place.given;
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"reloaded":true}');
  } else if (todo === 'GET /-/credential') {
    const report = { fingerprint: place.running?.fingerprint ?? '', working: place.working };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(report));
  } else response.writeHead(404).end();
}

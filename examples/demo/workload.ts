import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

/** What a workload reads from OpenBao: the fields that Keyturn delivers, side by side at one path. */
export interface Delivered {
  readonly username: string;
  readonly password: string;
  readonly fingerprint?: string;
}

export interface Workload {
  /** Takes a credential up: from now on requests use it. Throws when it does not work, and the one before stays in use. */
  take(delivered: Delivered): Promise<void>;
  /** Uses the credential once, for a client's request. */
  use(): Promise<unknown>;
}

/**
 * A small service as teams write them: it reads its credential at start and when told to reload, and it reports which one it
 * runs on and whether that works. Keyturn asks for nothing more of a workload than these two endpoints.
 */
export async function serve(workload: Workload): Promise<void> {
  let running: Delivered = await read();
  await workload.take(running);
  const server = createServer((request, response) => {
    void answer(request).then(
      ([status, body]) => reply(response, status, body),
      () => reply(response, 503, { error: 'the credential does not work' }),
    );
  });

  async function answer(request: IncomingMessage): Promise<[number, object]> {
    switch (`${request.method} ${request.url}`) {
      case 'GET /':
        return [200, { result: await workload.use() }];
      case 'POST /-/reload': {
        const next = await read();
        await workload.take(next);
        running = next;
        return [200, { reloaded: true }];
      }
      case 'GET /-/credential':
        return [200, { fingerprint: running.fingerprint ?? 'none: delivered before Keyturn', working: await works() }];
      default:
        return [404, { error: 'not found' }];
    }
  }

  async function works(): Promise<boolean> {
    try {
      await workload.use();
      return true;
    } catch {
      return false;
    }
  }

  server.listen(Number(process.env['PORT'] ?? 0), '127.0.0.1');
  await once(server, 'listening');
  process.stdout.write(`listening on ${(server.address() as AddressInfo).port}\n`);
}

async function read(): Promise<Delivered> {
  const { BAO_ADDR, BAO_TOKEN, CREDENTIAL_PATH } = process.env;
  const answer = await fetch(`${BAO_ADDR}/v1/secret/data/${CREDENTIAL_PATH}`, {
    headers: { 'x-vault-token': BAO_TOKEN ?? '' },
  });
  if (!answer.ok) throw new Error(`OpenBao answered ${answer.status}`);
  const { data } = (await answer.json()) as { data: { data: Delivered } };
  return data.data;
}

function reply(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

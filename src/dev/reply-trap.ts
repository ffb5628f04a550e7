import { createServer, request as send, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

export interface ReplyTrap {
  readonly url: string;
  /** Holds back the next answer to a request whose body matches, and resolves once the answer is there: done, but not told. */
  arm(body: RegExp): Promise<void>;
  /** The same, and resolves to what lets the answer go after all. */
  hold(body: RegExp): Promise<() => void>;
  close(): Promise<void>;
}

/**
 * Stands between a worker and an HTTP API and passes everything on, byte for byte, until it is armed: then it lets one
 * request through, keeps the answer for itself and does not reply. What a crash at the worst moment looks like from outside.
 */
export async function startReplyTrap(upstream: string): Promise<ReplyTrap> {
  let trap: { body: RegExp; sprung: (release: () => void) => void } | undefined;
  const server = createServer((incoming, outgoing) => {
    void readAll(incoming).then((body) => {
      const sprung = trap?.body.test(body.toString()) ? trap.sprung : undefined;
      if (sprung) trap = undefined;
      const onward = send(
        new URL(incoming.url ?? '/', upstream),
        { method: incoming.method, headers: incoming.headers },
        (answer) => {
          const reply = (whole?: Buffer) => {
            outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
            if (whole) outgoing.end(whole);
            else answer.pipe(outgoing);
          };
          if (sprung) void readAll(answer).then((whole) => sprung(() => reply(whole)));
          else reply();
        },
      );
      onward.on('error', () => outgoing.destroy());
      onward.end(body);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const hold = (body: RegExp) => new Promise<() => void>((resolve) => (trap = { body, sprung: resolve }));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    arm: async (body) => void (await hold(body)),
    hold,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function readAll(incoming: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of incoming) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

import { createServer, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Payload } from '@temporalio/common';
import proto from '@temporalio/proto';
import type { KeyRing } from '../codec/key-ring.ts';
import { EncryptionCodec } from '../codec/payload-codec.ts';

const { Payloads } = proto.temporal.api.common.v1;
const mostBytes = 8_000_000;

export interface CodecEndpoint {
  readonly url: string;
  /** The one origin, that of the Temporal UI, whose pages may read the answers. */
  allow(origin: string): void;
  close(): Promise<void>;
}

/**
 * Decodes and encodes payloads, `/decode` and `/encode`, for the Temporal UI of this machine and for the `temporal` program with
 * `--codec-endpoint`. It listens on loopback alone and answers pages of one origin; who can reach it can read the histories of this
 * development server, so it is for development only.
 *
 * @see https://docs.temporal.io/production-deployment/data-encryption
 */
export async function startCodecEndpoint(ring: KeyRing): Promise<CodecEndpoint> {
  const codec = new EncryptionCodec(ring);
  let allowed = '';
  const server = createServer((request, response) => {
    const cors = {
      'access-control-allow-origin': allowed,
      'access-control-allow-methods': 'POST, OPTIONS',
      'access-control-allow-headers': 'content-type, x-namespace',
      vary: 'origin',
    };
    if (request.method === 'OPTIONS') return void response.writeHead(204, cors).end();
    const convert = request.method === 'POST' ? converter(codec, request.url ?? '') : undefined;
    if (!convert) return void response.writeHead(404).end();
    if (request.headers.origin && request.headers.origin !== allowed) return void response.writeHead(403).end();
    answer(request, convert).then(
      (body) => response.writeHead(200, { ...cors, 'content-type': 'application/json' }).end(body),
      () => response.writeHead(400, cors).end(),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    allow: (origin) => void (allowed = origin),
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

type Convert = (payloads: Payload[]) => Promise<Payload[]>;

function converter(codec: EncryptionCodec, url: string): Convert | undefined {
  if (url.endsWith('/decode')) return (payloads) => codec.decode(payloads);
  return url.endsWith('/encode') ? (payloads) => codec.encode(payloads) : undefined;
}

async function answer(request: IncomingMessage, convert: Convert): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request) {
    bytes += (part as Buffer).length;
    if (bytes > mostBytes) throw new RangeError('too large');
    parts.push(part as Buffer);
  }
  const { payloads } = Payloads.fromObject(JSON.parse(Buffer.concat(parts).toString()) as object);
  return JSON.stringify(Payloads.toObject(Payloads.create({ payloads: await convert(payloads) }), { bytes: String }));
}

import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { listen } from './listen.ts';

/** A name server for tests: it knows TXT records, and is told of them over HTTP by `set-txt.ts`. RFC 1035 (4.1) */
export interface TxtServer {
  /** Of UDP, on 127.0.0.1. */
  readonly port: number;
  /** Where `set-txt.ts` tells it of records. */
  readonly control: string;
  readonly records: ReadonlyMap<string, ReadonlySet<string>>;
  close(): void;
}

export async function startTxtServer(): Promise<TxtServer> {
  const records = new Map<string, Set<string>>();
  const socket = createSocket('udp4');
  socket.on('message', (query, { address, port }) => socket.send(answer(query, records), port, address));
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const control = createServer((request, response) => {
    const [what, name = '', value = ''] = decodeURIComponent(request.url ?? '')
      .slice(1)
      .split(' ');
    const values = records.get(name) ?? new Set();
    records.set(name, values);
    if (what === 'add') values.add(value);
    else values.delete(value);
    response.end();
  });
  return {
    port: socket.address().port,
    control: `http://127.0.0.1:${await listen(control)}`,
    records,
    close() {
      socket.close();
      control.closeAllConnections();
      control.close();
    },
  };
}

/** Repeats the question, and answers it with every value that is there for its name; of other types there is none. */
function answer(query: Buffer, records: ReadonlyMap<string, ReadonlySet<string>>): Buffer {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += length + 1;
  }
  const question = query.subarray(12, at + 5);
  const isText = query.readUInt16BE(at + 1) === 16;
  const values = isText ? [...(records.get(labels.join('.').toLowerCase()) ?? [])] : [];
  const header = Buffer.from([query[0] ?? 0, query[1] ?? 0, 0x85, 0x80, 0, 1, 0, values.length, 0, 0, 0, 0]);
  return Buffer.concat([header, question, ...values.map(textRecord)]);
}

/** Named by a pointer to the question, lives for no time, and has one string. */
function textRecord(value: string): Buffer {
  const text = Buffer.from(value);
  return Buffer.concat([Buffer.from([0xc0, 12, 0, 16, 0, 1, 0, 0, 0, 0, 0, text.length + 1, text.length]), text]);
}

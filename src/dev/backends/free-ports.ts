import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

const handedOut = new Set<number>();

/**
 * Ports on 127.0.0.1 that nothing listens on. All differ, and differ from all that this process was given before, since the
 * first taker may not have bound its port yet.
 */
export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  while (ports.length < count) {
    const port = await freePort();
    if (handedOut.has(port)) continue;
    handedOut.add(port);
    ports.push(port);
  }
  return ports;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

const handedOut = new Set<number>();

/**
 * Ports on 127.0.0.1 that nothing listens on. All differ, and differ from all that this process was given before, since the
 * first taker may not have bound its port yet. They lie below those that systems give to connections on their way out, one of
 * which could take a port before its server has bound it.
 */
export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  while (ports.length < count) {
    const port = randomInt(15_000, 32_000);
    if (handedOut.has(port)) continue;
    // before the wait: who asks meanwhile is not given the same one
    handedOut.add(port);
    if (await isFree(port)) ports.push(port);
  }
  return ports;
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}

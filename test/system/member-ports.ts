import { isListening } from '../../src/dev/backends/is-listening.ts';

const handedOut = new Set<number>();
const services = ['FRONTEND', 'MATCHING', 'HISTORY', 'WORKER'];

/**
 * Ports of one process of a Temporal server, by the variables that name them. In a container it has them to itself; on one machine
 * they are drawn below 32,768, since the table of members on PostgreSQL takes none above. No two processes are
 * given the same, since the first may not have bound its own yet.
 */
export async function memberPorts(): Promise<Record<string, string>> {
  const ports: Record<string, string> = {};
  let port = 20_000 + Math.floor(Math.random() * 10_000);
  for (const name of ['FRONTEND_HTTP', ...services.flatMap((each) => [`${each}_GRPC`, `${each}_MEMBERSHIP`])]) {
    do port += 1;
    while (handedOut.has(port) || (await isTaken(port)));
    handedOut.add(port);
    ports[`${name}_PORT`] = `${port}`;
  }
  return ports;
}

async function isTaken(port: number): Promise<boolean> {
  return isListening(port).then(
    () => true,
    () => false,
  );
}

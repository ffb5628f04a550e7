import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly ms: number;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Interrupts the command, as Ctrl-C does, once stdout has said something. */
  readonly interrupt?: boolean;
}

const cli = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));

// Compiling the sources again for each of some hundred commands takes longer than running them.
const folder = process.env['NODE_COMPILE_CACHE'];
const compileCache = folder === undefined ? {} : { NODE_COMPILE_CACHE: folder };

/** Runs `keyturn` in a process of its own, with no terminal and an environment that holds what the test gives and no more. */
export async function runKeyturn(
  args: readonly string[],
  { env = {}, interrupt = false }: RunOptions = {},
): Promise<Ran> {
  const started = performance.now();
  const child = spawn(process.execPath, [cli, ...args], {
    env: { PATH: process.env['PATH'] ?? '', HOME: '/nonexistent', ...compileCache, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (interrupt) child.stdout.once('data', () => child.kill('SIGINT'));
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ]);
  return { code, stdout, stderr, ms: performance.now() - started };
}

/** An address where somebody listens, counts and never answers: whatever sends to it is found out. */
export async function silentListener(): Promise<{ address: string; connections: () => number; close: () => void }> {
  let count = 0;
  const server = createServer(() => (count += 1));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { address: `127.0.0.1:${port}`, connections: () => count, close: () => server.close() };
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Read } from '../contract/call.ts';

/** An exit code; null where somebody killed it; or that it could not be run, or was stopped by the call or by its time limit. */
export type CommandEnd = number | null | 'not run' | 'stopped';

/** Runs a program with nothing of this worker's: no environment, no folder, no streams. */
export async function runBare(
  [program, ...args]: readonly [string, ...string[]],
  timeoutMs: number,
  { signal }: Read,
): Promise<CommandEnd> {
  const child = spawn(program, args, {
    env: {},
    cwd: '/',
    stdio: 'ignore',
    signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    killSignal: 'SIGKILL',
  });
  return once(child, 'exit').then(
    () => child.exitCode,
    () => (child.pid === undefined ? 'not run' : 'stopped'),
  );
}

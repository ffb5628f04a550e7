import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { guardProcess } from './process-guard.ts';

/** Where a command runs, and where its output goes. */
export interface RunOptions {
  /** File that the output is appended to. */
  readonly log: string;
  readonly env: NodeJS.ProcessEnv;
  readonly cwd?: string;
  readonly user?: { readonly uid: number; readonly gid: number } | undefined;
  /** What the command reads from its standard input. */
  readonly input?: string;
}

/** Runs a command to its end and tells whether it exited with 0. A command that can't be started is `false` too. */
export async function runLogged(command: string, args: readonly string[], options: RunOptions): Promise<boolean> {
  const { log, input, user, ...rest } = options;
  const output = openSync(log, 'a', 0o600);
  const child = spawn(command, args, { ...rest, ...user, stdio: ['pipe', output, output] });
  closeSync(output);
  const release = child.pid === undefined ? undefined : guardProcess(child.pid);
  child.stdin?.on('error', () => {}).end(input);
  return new Promise((resolve) => {
    child.on('error', () => resolve(false));
    child.on('exit', (code) => {
      release?.();
      resolve(code === 0);
    });
  });
}

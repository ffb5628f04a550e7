import { constants } from 'node:fs';
import { access, readFile } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import { z } from 'zod';
import { KeyturnError } from '../contract/errors.ts';
import type { Read } from '../contract/call.ts';
import type { Sight } from './observe.ts';
import { runBare } from './bare-command.ts';

export const absolutePath = z
  .string()
  .max(1_024)
  .refine((path) => isAbsolute(path) && !path.includes('\0'), 'expected an absolute path');

const bySignal = z.strictObject({
  signal: z.enum(['SIGHUP', 'SIGUSR1', 'SIGUSR2']),
  pidFile: absolutePath.describe('Holds the number of the process that gets the signal.'),
});
const byCommand = z.strictObject({
  command: z
    .tuple([absolutePath], z.string().regex(/^[^\0]*$/))
    .describe('A program and its arguments. No shell reads it, and its environment is empty.'),
  timeoutMs: z.int().min(100).max(600_000).default(30_000).describe('Milliseconds until it is killed.'),
});

/** How a process on this host is told to read a file again. */
export const fileReload = z.union([bySignal, byCommand]);

export type FileReload = z.output<typeof fileReload>;

/** Tells it. The second call tells it again. A process that is not there is `unavailable`. */
export async function reload(how: FileReload, call: Read): Promise<void> {
  if (call.signal.aborted) throw new KeyturnError('unavailable', 'no reload was sent: the call was told to stop');
  if ('command' in how) return run(how, call);
  signalTo(await processId(how.pidFile), how.signal);
}

/** Could {@link reload} work? Tells nobody anything. */
export async function canReload(how: FileReload): Promise<Sight> {
  if ('command' in how) {
    const isThere = await access(how.command[0], constants.X_OK).then(
      () => true,
      () => false,
    );
    return isThere ? ['yes', 'the reload command is there'] : ['no', 'the reload command can not be run'];
  }
  signalTo(await processId(how.pidFile), 0);
  return ['yes', 'the process that reads the file is there'];
}

async function run({ command, timeoutMs }: z.output<typeof byCommand>, call: Read): Promise<void> {
  const end = await runBare(command, timeoutMs, call);
  if (end === 0) return;
  if (end === 'not run') throw new KeyturnError('invalid_request', 'the reload command can not be run');
  if (end === 'stopped') throw new KeyturnError('outcome_unknown', 'the reload command was stopped before it ended');
  const words = end === null ? 'was killed' : `ended with exit code ${end}`;
  throw new KeyturnError('outcome_unknown', `the reload command ${words}`);
}

async function processId(pidFile: string): Promise<number> {
  const text = await readFile(pidFile, 'utf8').catch(() => '');
  const id = /^\s*(\d{1,10})\s*$/.exec(text)?.[1];
  // 0 and 1 are this worker's own group and the first process of the host.
  if (id !== undefined && Number(id) > 1) return Number(id);
  throw new KeyturnError('unavailable', 'the pid file names no process');
}

function signalTo(id: number, signal: NodeJS.Signals | 0): void {
  try {
    process.kill(id, signal);
  } catch (error) {
    const isForbidden = error instanceof Error && 'code' in error && error.code === 'EPERM';
    throw isForbidden
      ? new KeyturnError('denied', 'this worker may not signal the process that the pid file names')
      : new KeyturnError('unavailable', 'the process that the pid file names does not run');
  }
}

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { KeyturnError } from '../contract/errors.ts';
import { guardProcess } from './backends/process-guard.ts';

export interface Child {
  readonly pid: number;
  /** Sends SIGKILL, as a host that dies would. */
  kill(): Promise<void>;
  /** Asks it to end, waits, and insists after some seconds. The exit code, or null when a signal has ended it. */
  stop(): Promise<number | null>;
}

export interface ChildOptions {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Takes what the program prints. */
  readonly logFile: string;
  /** Resolves the start with the first line that it matches, on either stream. */
  readonly ready: RegExp;
}

const patience = 30_000;

/** Runs a TypeScript file of ours as a process of its own, with this process's runtime. It never outlives this process. */
export async function startChild({
  args,
  env,
  logFile,
  ready,
}: ChildOptions): Promise<Child & { line: RegExpExecArray }> {
  const child = spawn(process.execPath, [...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const release = guardProcess(child.pid ?? 0);
  child.once('exit', release);
  const log = createWriteStream(logFile, { flags: 'a' });
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  const line = await firstMatch(child, ready);
  return {
    pid: child.pid ?? 0,
    line,
    kill: async () => void (await end(child, 'SIGKILL')),
    stop: () => end(child, 'SIGTERM'),
  };
}

function firstMatch(child: ChildProcess, ready: RegExp): Promise<RegExpExecArray> {
  const last: string[] = [];
  return new Promise((resolve, reject) => {
    // The log goes with the folder that it lies in, so what it says last is told here.
    const fail = (what: string) =>
      reject(new KeyturnError('unavailable', `${child.spawnargs.at(-1)} ${what}`, last.slice(-20).join('\n')));
    const timer = setTimeout(() => fail(`was not ready within ${patience / 1_000} s`), patience);
    child.once('close', (code) => {
      clearTimeout(timer);
      fail(`ended with ${code} before it was ready`);
    });
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream! }).on('line', (text) => {
        last.push(text);
        const match = ready.exec(text);
        if (!match) return;
        clearTimeout(timer);
        resolve(match);
      });
    }
  });
}

async function end(child: ChildProcess, signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const gone = once(child, 'exit');
  child.kill(signal);
  const insist = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await gone;
  clearTimeout(insist);
  return child.exitCode;
}

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { KeyturnError } from '../../contract/errors.ts';
import { guardProcess } from './process-guard.ts';

const readyWithinMs = 60_000;
const stopWithinMs = 10_000;

/** How a server is started, and how one sees that it serves. */
export interface ProcessSpec {
  /** Names its log, and it in errors. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** The data folder of all backends; the log goes to `logs/<name>.log` in it. */
  readonly folder: string;
  /** The whole environment besides PATH: what is in ours, cloud keys for one, is not handed on. */
  readonly env?: Readonly<Record<string, string>>;
  readonly user?: { readonly uid: number; readonly gid: number } | undefined;
  /** Resolves when the server serves. Rejecting means "not yet", but for a KeyturnError, which ends the wait. */
  ready(): Promise<void>;
}

/** One server process: started until ready, stopped until gone, killed, and started again from the same specification. */
export class BackendProcess {
  readonly #spec: ProcessSpec;
  #child: ChildProcess | undefined;

  constructor(spec: ProcessSpec) {
    this.#spec = spec;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  /** Resolves when ready. Throws `unavailable` with the last lines of the log when it ends first or takes over a minute. */
  async start(): Promise<void> {
    const child = this.#spawn();
    this.#child = child;
    try {
      await this.#untilReady(child);
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** SIGINT, and SIGKILL after ten seconds. Resolves when the process is gone. */
  async stop(): Promise<void> {
    const child = this.#child;
    if (child === undefined || hasEnded(child)) return;
    child.kill('SIGINT');
    const timer = setTimeout(() => child.kill('SIGKILL'), stopWithinMs);
    await once(child, 'exit');
    clearTimeout(timer);
  }

  kill(): void {
    this.#child?.kill('SIGKILL');
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  #spawn(): ChildProcess {
    const { name, command, args, folder, env, user } = this.#spec;
    mkdirSync(join(folder, 'logs'), { recursive: true, mode: 0o700 });
    const log = openSync(logFile(folder, name), 'a', 0o600);
    const child = spawn(command, args, {
      cwd: folder,
      env: { PATH: process.env['PATH'], HOME: folder, ...env },
      stdio: ['ignore', log, log],
      ...user,
    });
    closeSync(log);
    if (child.pid !== undefined) child.on('exit', guardProcess(child.pid));
    child.on('error', () => {});
    child.unref();
    return child;
  }

  async #untilReady(child: ChildProcess): Promise<void> {
    const deadline = Date.now() + readyWithinMs;
    while (Date.now() < deadline) {
      if (hasEnded(child)) throw this.#failed('ended before it was ready');
      if (await this.#isReady()) return;
      await sleep(20);
    }
    throw this.#failed('was not ready within a minute');
  }

  async #isReady(): Promise<boolean> {
    try {
      await this.#spec.ready();
      return true;
    } catch (error) {
      if (error instanceof KeyturnError) throw error;
      return false;
    }
  }

  #failed(what: string): KeyturnError {
    const path = logFile(this.#spec.folder, this.#spec.name);
    const lastLines = readFileSync(path, 'utf8').trimEnd().split('\n').slice(-5).join('\n  ');
    return new KeyturnError(
      'unavailable',
      `${this.#spec.name} ${what}`,
      `its log, ${path}, ends with:\n  ${lastLines}`,
    );
  }
}

function logFile(folder: string, name: string): string {
  return join(folder, 'logs', `${name}.log`);
}

function hasEnded(child: ChildProcess): boolean {
  return child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
}

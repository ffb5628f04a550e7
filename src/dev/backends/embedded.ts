import { chmod, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { KeyturnError } from '../../contract/errors.ts';
import { startAws, type AwsBackend } from './aws.ts';
import type { BackendName, StartOptions } from './backend.ts';
import { startOpenBao, type OpenBaoBackend } from './openbao.ts';
import { startPostgres, type PostgresBackend } from './postgres.ts';
import { guardFolder } from './process-guard.ts';
import { startTemporal, type TemporalBackend, type TemporalOptions } from './temporal.ts';

interface Backends {
  readonly temporal: TemporalBackend;
  readonly openbao: OpenBaoBackend;
  readonly postgres: PostgresBackend;
  readonly aws: AwsBackend;
}

/** Settings of all backends together. */
export interface EmbeddedOptions {
  /** Folder for all data and logs, made when absent and kept; without it, a temporary one that `stop` removes. */
  readonly folder?: string | undefined;
  readonly temporal?: Omit<TemporalOptions, keyof StartOptions> | undefined;
  /** Hears what takes long, and `ready in N ms`. */
  readonly progress?: ((backend: BackendName, text: string) => void) | undefined;
  readonly env?: NodeJS.ProcessEnv | undefined;
}

/** The backends that were asked for, each under its name. */
export type Embedded<Name extends BackendName> = Pick<Backends, Name> & {
  readonly folder: string;
  /** Stops all of them, then removes the folder if it was temporary. The second call resolves. */
  stop(): Promise<void>;
};

/**
 * Starts these backends side by side under one folder. When one fails, the others are stopped and its error is thrown; of a
 * temporary folder only the logs then stay. Should this process end without `stop`, in whatever way, the servers are ended and a
 * temporary folder is removed within some seconds.
 */
export async function startEmbedded<Name extends BackendName>(
  names: readonly Name[],
  options: EmbeddedOptions = {},
): Promise<Embedded<Name>> {
  const place = await openFolder(options.folder);
  const results = await Promise.allSettled(names.map(async (name) => startOne(name, place.folder, options)));
  const running = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const stopAll = async (): Promise<void> => void (await Promise.all(running.map(async (backend) => backend.stop())));
  const failures = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
  if (failures.length > 0) {
    await stopAll();
    await place.leave('logs');
    throw failures.length === 1 ? failures[0] : joined(failures);
  }
  const stop = async (): Promise<void> => {
    await stopAll();
    await place.leave();
  };
  const started = Object.fromEntries(running.map((backend) => [backend.name, backend])) as Pick<Backends, Name>;
  return { ...started, folder: place.folder, stop };
}

async function startOne(name: BackendName, folder: string, options: EmbeddedOptions): Promise<Backends[BackendName]> {
  const started = performance.now();
  const progress = (text: string): void => options.progress?.(name, text);
  const common = { folder, progress, env: options.env };
  const backend = await start[name](common, options);
  progress(`ready in ${Math.round(performance.now() - started)} ms`);
  return backend;
}

const start: { [Name in BackendName]: (common: StartOptions, options: EmbeddedOptions) => Promise<Backends[Name]> } = {
  temporal: async (common, options) => startTemporal({ ...options.temporal, ...common }),
  openbao: startOpenBao,
  postgres: startPostgres,
  aws: startAws,
};

interface Place {
  readonly folder: string;
  /** Removes a temporary folder, but for the entry to keep. */
  leave(keep?: string): Promise<void>;
}

async function openFolder(given: string | undefined): Promise<Place> {
  if (given !== undefined) {
    await mkdir(given, { recursive: true });
    return { folder: resolve(given), leave: async () => {} };
  }
  const folder = await mkdtemp(join(tmpdir(), 'keyturn-'));
  // PostgreSQL may have to run as another user, who has to get through to its own folder in here.
  await chmod(folder, 0o711);
  const release = guardFolder(folder);
  return { folder, leave: async (keep) => removeFolder(folder, keep).then(release) };
}

async function removeFolder(folder: string, keep: string | undefined): Promise<void> {
  const remove = async (path: string): Promise<void> => rm(path, { recursive: true, force: true, maxRetries: 5 });
  if (keep === undefined) return remove(folder);
  const entries = (await readdir(folder)).filter((entry) => entry !== keep);
  await Promise.all(entries.map(async (entry) => remove(join(folder, entry))));
}

function joined(failures: readonly unknown[]): KeyturnError {
  const errors = failures.map((failure) => (failure instanceof Error ? failure : new Error('unknown failure')));
  const hints = errors.map((error) => (error instanceof KeyturnError ? (error.hint ?? '') : ''));
  return new KeyturnError('unavailable', errors.map((error) => error.message).join('; '), hints.join('\n'));
}

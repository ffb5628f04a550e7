import { accessSync, constants, mkdirSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KeyturnError } from '../../contract/errors.ts';

/**
 * The folder where fetched programs are kept: KEYTURN_CACHE, else `keyturn` in the platform's cache folder, else a folder of this
 * user's own among the temporary ones. Makes it when it is absent.
 */
export function cacheFolder(env: NodeJS.ProcessEnv): string {
  const chosen = env['KEYTURN_CACHE'];
  if (chosen !== undefined && chosen !== '') {
    if (isWritable(chosen)) return chosen;
    throw new KeyturnError('invalid_request', 'KEYTURN_CACHE names a folder that can not be written to');
  }
  const usual = usualFolder(env);
  return usual !== undefined && isWritable(usual) ? usual : temporaryFolder();
}

function usualFolder(env: NodeJS.ProcessEnv): string | undefined {
  if (env['XDG_CACHE_HOME']) return join(env['XDG_CACHE_HOME'], 'keyturn');
  if (!env['HOME']) return undefined;
  return join(env['HOME'], process.platform === 'darwin' ? 'Library/Caches' : '.cache', 'keyturn');
}

function temporaryFolder(): string {
  const uid = process.getuid?.();
  const folder = join(tmpdir(), `keyturn-${uid ?? 'cache'}`);
  // Everybody can make this folder first; programs that somebody else put there must not be run.
  if (isWritable(folder) && statSync(folder).uid === uid && (statSync(folder).mode & 0o022) === 0) return folder;
  throw new KeyturnError('unavailable', 'there is no folder to keep fetched programs in', 'set KEYTURN_CACHE to one');
}

function isWritable(folder: string): boolean {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    accessSync(folder, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

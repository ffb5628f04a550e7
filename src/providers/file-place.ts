import { constants } from 'node:fs';
import { lstat, open, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { KeyturnError, type ErrorCode } from '../contract/errors.ts';
import type { Read } from '../contract/call.ts';
import { pathSegments } from './path-segments.ts';

const mostBytes = 1024 * 1024;

/**
 * The absolute path of a file below `root`, which may be absent itself. `root` may be a symbolic link; below it none is followed,
 * so that a target stays where it says. Throws `not_found` where a folder is absent: none is made.
 */
export async function filePlace(root: string, target: string, { signal }: Read): Promise<string> {
  if (signal.aborted) throw new KeyturnError('unavailable', 'the file was not touched: the call was told to stop');
  const segments = pathSegments(target, 'target');
  let place = await realpath(root).catch(rethrow);
  for (const [at, segment] of segments.entries()) {
    place = join(place, segment);
    const isLast = at === segments.length - 1;
    const found = await lstat(place).catch((error: unknown) =>
      isLast && isAbsence(error) ? undefined : rethrow(error),
    );
    if (found && !(isLast ? found.isFile() : found.isDirectory())) {
      throw new KeyturnError('invalid_request', 'target: expected a plain file in plain folders, no symbolic links');
    }
  }
  return place;
}

/** What a file holds, or `undefined` where there is none. What is no plain file or over 1 MiB is `invalid_request`. */
export async function readPlain(path: string): Promise<string | undefined> {
  try {
    // Without O_NONBLOCK a pipe put in the file's place would hold the worker for ever.
    await using file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const stats = await file.stat();
    if (stats.isFile() && stats.size <= mostBytes) return await file.readFile('utf8');
  } catch (error) {
    return isAbsence(error) ? undefined : rethrow(error);
  }
  throw new KeyturnError('invalid_request', 'target: expected a plain file of at most 1 MiB');
}

const codes: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  ENOENT: ['not_found', 'the folder of the file does not exist'],
  EACCES: ['denied', 'this worker may not touch the file or its folder'],
  EPERM: ['denied', 'this worker may not touch the file or its folder'],
  EROFS: ['denied', 'the file lies on a read-only file system'],
  ENOTDIR: ['invalid_request', 'target: leads through something that is no folder'],
  ELOOP: ['invalid_request', 'target: expected no symbolic link'],
  EISDIR: ['invalid_request', 'target: is a folder'],
  ENAMETOOLONG: ['invalid_request', 'target: expected shorter names'],
};

/** Throws the error of ours that a failed file operation means; the original names paths and is not kept. */
export function rethrow(error: unknown): never {
  if (error instanceof KeyturnError) throw error;
  throw new KeyturnError(...(codes[codeOf(error)] ?? ['unavailable', 'the file system refused, the disk may be full']));
}

function isAbsence(error: unknown): boolean {
  return codeOf(error) === 'ENOENT';
}

function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
}

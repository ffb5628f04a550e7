import { execFile } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Major and minor version. */
export type Version = readonly [major: number, minor: number];

/** Every executable of this name on PATH, in order. */
export function findOnPath(command: string, env: NodeJS.ProcessEnv): string[] {
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, command)).filter(isExecutable);
}

/** The first of these that says, on either stream, that it is this version or newer. What does not answer is passed over. */
export async function firstRecent(
  executables: readonly string[],
  minimum: Version,
  ask = '--version',
): Promise<string | undefined> {
  for (const executable of executables) {
    const version = await versionOf(executable, ask);
    if (version !== undefined && isAtLeast(version, minimum)) return executable;
  }
  return undefined;
}

/** Whether a version is the minimum or newer. */
export function isAtLeast(version: Version, minimum: Version): boolean {
  return version[0] > minimum[0] || (version[0] === minimum[0] && version[1] >= minimum[1]);
}

/** Whether there is a file that this process may execute. */
export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

async function versionOf(executable: string, ask: string): Promise<Version | undefined> {
  try {
    const { stdout, stderr } = await run(executable, [ask], { timeout: 10_000 });
    const found = /(\d+)(?:\.(\d+))?/.exec(stdout || stderr);
    return found === null ? undefined : [Number(found[1]), Number(found[2] ?? 0)];
  } catch {
    return undefined;
  }
}

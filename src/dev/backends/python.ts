import { execFile } from 'node:child_process';
import { findPackageJSON } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { KeyturnError } from '../../contract/errors.ts';
import { findOnPath, type Version } from './path-lookup.ts';
import { runLogged } from './run-logged.ts';

const run = promisify(execFile);

/** An interpreter that runs. */
export interface Python {
  readonly executable: string;
  readonly version: Version;
}

/** Path of a file in `src/dev/python`; the published package has that folder too, beside the compiled code. */
export function pythonFile(name: string): string {
  const manifest = findPackageJSON('.', import.meta.url);
  if (manifest === undefined) throw new KeyturnError('not_found', 'the folder of the keyturn package was not found');
  return join(dirname(manifest), 'src/dev/python', name);
}

/** The first python3 on PATH that runs, as the interpreter itself rather than a shim. */
export async function findPython(env: NodeJS.ProcessEnv): Promise<Python | undefined> {
  for (const candidate of findOnPath('python3', env)) {
    try {
      const script = 'import sys; print(sys.executable, *sys.version_info[:2], sep="\\n")';
      const { stdout } = await run(candidate, ['-c', script], { env, timeout: 20_000 });
      const [executable = candidate, major, minor] = stdout.trim().split('\n');
      return { executable, version: [Number(major), Number(minor)] };
    } catch {
      // A python3 that does not run, such as a shim with nothing behind it.
    }
  }
  return undefined;
}

/** A Python with pip: the given one, or a virtual environment of it in the scratch folder, since Debian's python3 comes without pip. */
export async function findPip(
  { executable }: Python,
  scratch: string,
  options: { readonly log: string; readonly env: NodeJS.ProcessEnv },
): Promise<string> {
  if (await runLogged(executable, ['-m', 'pip', '--version'], options)) return executable;
  const folder = join(scratch, 'venv');
  if (await runLogged(executable, ['-m', 'venv', folder], options)) return join(folder, 'bin', 'python3');
  throw new KeyturnError('unavailable', 'python3 has neither pip nor venv', 'install python3-pip or python3-venv');
}

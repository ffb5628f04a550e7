import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chown, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { KeyturnError } from '../../contract/errors.ts';
import { resolvePostgres, runnablePostgres } from './postgres-binaries.ts';
import { isReachableByAll, unprivilegedUser, type ProcessUser } from './process-user.ts';
import { runLogged } from './run-logged.ts';

/** Name of the role that owns the cluster. */
export const superuser = 'postgres';

/** A failing statement may carry a password, so statements are not logged. */
export const quiet = ['-c', 'log_min_error_statement=panic', '-c', 'password_encryption=scram-sha-256'];

/** A data folder made ready to be served. */
export interface PostgresCluster {
  readonly bin: string;
  readonly data: string;
  readonly user: ProcessUser | undefined;
  readonly password: string;
  readonly log: string;
}

/**
 * Makes the cluster in `postgres` below the folder, or finds it there and sets a new superuser password. Throws `invalid_request`
 * when this process is root and `nobody` can't reach the folder, `unavailable` when PostgreSQL is absent or fails.
 */
export async function openCluster(folder: string, env: NodeJS.ProcessEnv): Promise<PostgresCluster> {
  const user = await unprivilegedUser();
  if (user !== undefined && !isReachableByAll(folder)) {
    throw new KeyturnError(
      'invalid_request',
      'PostgreSQL can not run as root, nor as nobody below this data folder',
      'choose a data folder to which all folders above it can be entered by everybody, such as one in /tmp',
    );
  }
  const home = join(folder, 'postgres');
  await mkdir(home, { recursive: true, mode: 0o700 });
  await mkdir(join(folder, 'logs'), { recursive: true, mode: 0o700 });
  if (user !== undefined) await chown(home, user.uid, user.gid);
  const bin = await runnablePostgres(await resolvePostgres(env), home, user !== undefined);
  const password = randomBytes(24).toString('base64url');
  const cluster = { bin, data: join(home, 'data'), user, password, log: join(folder, 'logs', 'postgres.log') };
  await (existsSync(cluster.data) ? setPassword(cluster) : makeCluster(cluster));
  return cluster;
}

/** Made beside its place and moved there when complete, so an interrupted first start leaves nothing that looks like a cluster. */
async function makeCluster({ bin, data, user, password, log }: PostgresCluster): Promise<void> {
  const [home, incoming] = [dirname(data), `${data}.incoming`];
  const passwordFile = join(home, 'password');
  await rm(incoming, { recursive: true, force: true });
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (user !== undefined) await chown(passwordFile, user.uid, user.gid);
  const flags = ['--auth=scram-sha-256', '--encoding=UTF8', '--locale=C', '--no-sync', '--no-instructions'];
  const args = ['-D', incoming, `--username=${superuser}`, `--pwfile=${passwordFile}`, ...flags];
  const done = await runLogged(join(bin, 'initdb'), args, { log, user, env: {}, cwd: home });
  await rm(passwordFile);
  if (!done)
    throw new KeyturnError('unavailable', 'initdb could not make the PostgreSQL data folder', `its log is ${log}`);
  await rename(incoming, data);
}

/** Through the single-user mode, which asks for no password and listens nowhere. */
async function setPassword({ bin, data, user, password, log }: PostgresCluster): Promise<void> {
  const input = `ALTER ROLE ${superuser} PASSWORD '${password}'\n`;
  const args = ['--single', '-D', data, ...quiet, 'postgres'];
  if (await runLogged(join(bin, 'postgres'), args, { log, user, env: {}, cwd: data, input })) return;
  throw new KeyturnError('unavailable', 'the PostgreSQL data folder could not be opened', `its log is ${log}`);
}

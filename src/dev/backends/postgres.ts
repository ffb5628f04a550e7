import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { BackendProcess } from './backend-process.ts';
import type { DurableBackend, StartOptions } from './backend.ts';
import { freePorts } from './free-ports.ts';
import { openCluster, quiet, superuser } from './postgres-cluster.ts';

/** A PostgreSQL server; the object itself serves as the configuration of a `pg` client. */
export interface PostgresBackend extends DurableBackend {
  readonly name: 'postgres';
  readonly host: string;
  readonly port: number;
  /** A superuser. */
  readonly user: string;
  /** Drawn anew by every `startPostgres`, kept by `restart`, and never on disk. */
  readonly password: string;
  readonly database: string;
}

/**
 * Starts a PostgreSQL server that takes passwords only (SCRAM) and has no Unix socket. The first start makes the cluster; later
 * ones on the same folder keep its data and set a new superuser password. As root it runs as `nobody`.
 */
export async function startPostgres({ folder, env = process.env }: StartOptions): Promise<PostgresBackend> {
  const cluster = await openCluster(folder, env);
  const [port = 0] = await freePorts(1);
  const login = { host: '127.0.0.1', port, user: superuser, password: cluster.password, database: 'postgres' };
  const server = new BackendProcess({
    name: 'postgres',
    command: join(cluster.bin, 'postgres'),
    args: ['-D', cluster.data, ...settings(port)],
    folder,
    user: cluster.user,
    ready: () => logIn(login),
  });
  await server.start();
  return {
    name: 'postgres',
    ...login,
    get pid() {
      return server.pid;
    },
    stop: () => server.stop(),
    kill: () => server.kill(),
    restart: () => restart(server),
  };
}

function settings(port: number): string[] {
  const network = ['-c', 'listen_addresses=127.0.0.1', '-c', `port=${port}`, '-c', 'unix_socket_directories='];
  // Without waiting for the disk: what is written survives the death of the process, though not that of the machine.
  return [...network, ...quiet, '-c', 'shared_buffers=16MB', '-c', 'fsync=off'];
}

async function logIn(login: {
  host: string;
  port: number;
  user: string;
  password: string;
  database: string;
}): Promise<void> {
  const client = new Client({ ...login, connectionTimeoutMillis: 5_000 });
  client.on('error', () => {});
  await client.connect();
  await client.end();
}

/** A session that computes does not notice that its killed server is gone, and holds the shared memory that the next one wants. */
async function restart(server: BackendProcess): Promise<void> {
  await server.stop();
  const deadline = Date.now() + 20_000;
  for (;;) {
    try {
      return await server.start();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await sleep(100);
    }
  }
}

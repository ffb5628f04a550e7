import { Client, escapeIdentifier } from 'pg';
import { Secret } from '../../src/contract/secret.ts';
import type { World } from '../../src/contract/provider.ts';
import { startEmbedded } from '../../src/dev/backends/embedded.ts';
import type { OpenSession } from '../conformance/credentials.ts';
import type { PostgresConnection } from '../../src/providers/postgres-connection.ts';

/** A real server on which tests make roles of their own; `admin` is no superuser. */
export interface PostgresGround {
  readonly admin: PostgresConnection;
  readonly folder: string;
  /** Runs statements as the superuser. */
  sql<Row extends object>(text: string): Promise<Row[]>;
  /** Makes roles that the admin may alter, revoked so that they are free. Returns a name that is new on this server. */
  account(suffixes: readonly string[]): Promise<string>;
  stop(): Promise<void>;
}

export const world: World = {
  connection: 'main-database',
  fetch: globalThis.fetch,
  now: () => new Date(),
  fingerprint: () => 'hmac-sha256:0',
};

/** Words that PostgreSQL and its client write into their errors. */
export const postgresWords = ['password authentication failed', 'ECONN', 'not permitted', 'Connection terminated'];

export async function openPostgresGround(): Promise<PostgresGround> {
  const { postgres, folder, stop } = await startEmbedded(['postgres']);
  const superuser = new Client({ ...postgres, host: postgres.host, ssl: false });
  await superuser.connect();
  const sql = async <Row extends object>(text: string) =>
    (await superuser.query<Row & Record<string, unknown>>(text)).rows;
  await sql("create role keyturn_admin login createrole password 'admin-of-this-test'");
  await sql('grant pg_signal_backend to keyturn_admin');
  let made = 0;
  return {
    folder,
    sql,
    admin: {
      host: postgres.host,
      port: postgres.port,
      database: 'postgres',
      user: 'keyturn_admin',
      password: new Secret('admin-of-this-test'),
      tls: 'disable',
      ca: undefined,
      connectTimeoutMs: 5_000,
      timeoutMs: 5_000,
    },
    async account(suffixes) {
      made += 1;
      const name = `orders_${made}`;
      for (const suffix of suffixes) {
        const role = escapeIdentifier(`${name}${suffix}`);
        await sql(`create role ${role} nologin valid until '-infinity'`);
        await sql(`grant ${role} to keyturn_admin with admin true, inherit false, set false`);
      }
      return name;
    },
    async stop() {
      await superuser.end();
      await stop();
    },
  };
}

/** A session of the role, straight to the server. */
export async function openDatabaseSession(
  { host, port, database }: PostgresConnection,
  user: string,
  secret: Secret,
): Promise<OpenSession> {
  const client = new Client({ host, port, database, user, password: secret.reveal(), ssl: false });
  client.on('error', () => {});
  await client.connect();
  return {
    isAlive: () =>
      client.query('select 1').then(
        () => true,
        () => false,
      ),
    close: () => client.end().catch(() => {}),
  };
}

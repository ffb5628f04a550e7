import type { EventEmitter } from 'node:events';
import { Socket } from 'node:net';
import { Client, type QueryResultRow } from 'pg';
import { KeyturnError } from '../contract/errors.ts';
import type { Read } from '../contract/call.ts';
import type { Secret } from '../contract/secret.ts';
import type { PostgresConnection } from './postgres-connection.ts';
import { failedChange, failedQuestion } from './postgres-errors.ts';

/** One connection to PostgreSQL as the user of the configuration. */
export interface PostgresSession {
  readonly query: Run;
  /** Like `query`, but a lost answer is `outcome_unknown`. */
  readonly change: Run;
}

type Run = <Row extends QueryResultRow>(sql: string, values?: readonly unknown[]) => Promise<Row[]>;

/** Opens a session, uses it and closes it. Every error is a {@link KeyturnError}. */
export async function withSession<Result>(
  connection: PostgresConnection,
  call: Read,
  use: (session: PostgresSession) => Promise<Result>,
): Promise<Result> {
  const { user, password, timeoutMs } = connection;
  const admin = { user, secret: password, options: timeouts(timeoutMs) };
  const { client, close } = await orElse(failedQuestion, () => connect(connection, admin, call));
  const run =
    (meaning: (error: unknown) => KeyturnError): Run =>
    (sql, values = []) =>
      orElse(meaning, async () => (await client.query(sql, [...values])).rows);
  try {
    return await use({ query: run(failedQuestion), change: run(failedChange) });
  } finally {
    await close();
  }
}

export interface LoginAs {
  readonly user: string;
  readonly secret: Secret;
  /** Settings of the server; left out for the roles under management, since a pooler in between refuses them. */
  readonly options?: string;
}

export interface Connected {
  readonly client: Client;
  readonly close: () => Promise<void>;
}

/** Logs in, or throws what the client or the server said. `asked` is called when the server wants to see the secret. */
export async function connect(
  { host, port, database, tls, ca, connectTimeoutMs, timeoutMs }: PostgresConnection,
  { user, secret, options }: LoginAs,
  { signal }: Read,
  asked: () => void = () => {},
): Promise<Connected> {
  if (signal.aborted) throw new KeyturnError('unavailable', 'PostgreSQL was not asked: the call was told to stop');
  const socket = new Socket({ signal });
  let inClear = false;
  const client = new Client({
    host,
    port,
    database,
    user,
    options,
    application_name: 'keyturn',
    stream: () => socket,
    ssl: tls === 'disable' ? false : { rejectUnauthorized: tls === 'verify-full', ca },
    connectionTimeoutMillis: connectTimeoutMs,
    query_timeout: timeoutMs + 1_000,
    // pg calls this when the server asks, and not before: a server that trusts everybody is told from one that checked.
    password: () => {
      asked();
      if (inClear && tls !== 'verify-full') throw new KeyturnError('denied', 'the server wants the password in clear');
      return secret.reveal();
    },
  });
  client.on('error', () => {});
  wire(client).once('authenticationCleartextPassword', () => (inClear = true));
  const close = () => end(client, socket);
  try {
    await client.connect();
    return { client, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The protocol's messages by name; node-postgres has it in public, its types do not. */
function wire(client: Client): EventEmitter {
  return (client as unknown as { connection: EventEmitter }).connection;
}

async function orElse<Result>(meaning: (error: unknown) => KeyturnError, act: () => Promise<Result>): Promise<Result> {
  try {
    return await act();
  } catch (error) {
    throw meaning(error);
  }
}

function timeouts(milliseconds: number): string {
  const settings = { statement_timeout: milliseconds, lock_timeout: milliseconds, search_path: 'pg_catalog' };
  return Object.entries(settings)
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(' ');
}

/** Says goodbye, but does not wait long for somebody who may be gone. */
async function end(client: Client, socket: Socket): Promise<void> {
  const impatience = setTimeout(() => socket.destroy(), 1_000);
  await client.end().catch(() => {});
  clearTimeout(impatience);
  socket.destroy();
}

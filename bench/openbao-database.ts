import { randomBytes } from 'node:crypto';
import pg from 'pg';
import type { OpenBaoBackend } from '../src/dev/backends/openbao.ts';
import type { PostgresBackend } from '../src/dev/backends/postgres.ts';

/** OpenBao's own rotation of one database role: https://openbao.org/api-docs/secret/databases/#rotate-static-role-credentials */
export interface StaticRole {
  /** Sends `rotate-role` and resolves with its answer. */
  rotate(): Promise<void>;
  /** The password that OpenBao names now. */
  password(): Promise<string>;
  /** Whether PostgreSQL takes it. OpenBao does not ask this. */
  accepts(password: string): Promise<boolean>;
}

const role = 'static_orders';

/** Makes a role and an administrator for it, mounts the database engine and hands the role to it. OpenBao sets a first password. */
export async function openStaticRole(openbao: OpenBaoBackend, postgres: PostgresBackend): Promise<StaticRole> {
  const ask = (path: string, body?: object) => callOpenBao(openbao, path, body);
  const password = await makeRole(postgres);
  const url = `postgresql://{{username}}:{{password}}@${postgres.host}:${postgres.port}/postgres?sslmode=disable`;
  await ask('sys/mounts/database', { type: 'database' });
  await ask('database/config/postgres', {
    plugin_name: 'postgresql-database-plugin',
    allowed_roles: '*',
    connection_url: url,
    username: 'openbao',
    password,
    password_authentication: 'scram-sha-256',
  });
  await ask('database/static-roles/orders', { db_name: 'postgres', username: role, rotation_period: '24h' });
  return {
    rotate: async () => void (await ask('database/rotate-role/orders', {})),
    password: async () => (await ask('database/static-creds/orders'))['password'] ?? '',
    accepts: (given) => accepts(postgres, given),
  };
}

async function makeRole(postgres: PostgresBackend): Promise<string> {
  const password = randomBytes(24).toString('base64url');
  const client = new pg.Client(postgres);
  await client.connect();
  try {
    await client.query(`create role openbao login createrole password '${password}'`);
    await client.query(`create role ${role} login`);
    await client.query(`grant ${role} to openbao with admin option`);
  } finally {
    await client.end();
  }
  return password;
}

async function accepts({ host, port, database }: PostgresBackend, password: string): Promise<boolean> {
  const client = new pg.Client({ host, port, database, user: role, password });
  try {
    await client.connect();
    await client.end();
    return true;
  } catch (error) {
    if ((error as { code?: string }).code === '28P01') return false;
    throw error;
  }
}

async function callOpenBao(
  { address, token }: OpenBaoBackend,
  path: string,
  body?: object,
): Promise<Readonly<Record<string, string>>> {
  const answer = await fetch(`${address}/v1/${path}`, {
    method: body ? 'POST' : 'GET',
    headers: { 'x-vault-token': token },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  if (!answer.ok) throw new Error(`OpenBao answered ${answer.status} at ${path}`);
  const text = await answer.text();
  return text ? ((JSON.parse(text) as { data?: Record<string, string> }).data ?? {}) : {};
}

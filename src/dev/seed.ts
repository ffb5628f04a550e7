import { randomBytes } from 'node:crypto';
import { CreateAccessKeyCommand, CreateUserCommand, IAMClient } from '@aws-sdk/client-iam';
import pg from 'pg';
import type { AwsBackend } from './backends/aws.ts';
import type { OpenBaoBackend } from './backends/openbao.ts';
import type { PostgresBackend } from './backends/postgres.ts';
import { askOpenBao, rule } from './ask-openbao.ts';
import { certificatePolicy } from './seed-certificates.ts';

const draw = () => randomBytes(24).toString('base64url');

/**
 * The database of the demo: two login roles that share the rights of an owner, and an administrator who is no superuser. That the two
 * are members of the owner's role is granted by this administrator, who could not take it away again from another grantor.
 */
export async function seedPostgres(
  server: PostgresBackend,
): Promise<{ admin: string; orders: string; reports: string }> {
  const [admin, orders, reports] = [draw(), draw(), draw()];
  const client = new pg.Client(server);
  await client.connect();
  try {
    await client.query(`create role keyturn login createrole password '${admin}'`);
    await client.query('create role orders_owner nologin');
    await client.query(`create role orders_a login password '${orders}'`);
    await client.query("create role orders_b nologin valid until '-infinity'");
    await client.query('grant orders_owner to keyturn with admin true, inherit false, set false');
    await client.query('grant orders_owner to orders_a, orders_b granted by keyturn');
    await client.query('grant orders_a, orders_b to keyturn with admin option, inherit true');
    await client.query(`create role reports login password '${reports}'`);
    await client.query('grant reports to keyturn with admin option, inherit true');
    await client.query('create database orders owner orders_owner');
  } finally {
    await client.end();
  }
  await seedOrders(server);
  return { admin, orders, reports };
}

async function seedOrders(server: PostgresBackend): Promise<void> {
  const client = new pg.Client({ ...server, database: 'orders' });
  await client.connect();
  try {
    await client.query('create table orders as select generate_series(1, 1000) as id');
    await client.query('alter table orders owner to orders_owner');
  } finally {
    await client.end();
  }
}

/** The AWS user of the demo, with the one access key that its backup job uses today. */
export async function seedAws({
  endpoint,
  region,
  accessKeyId,
  secretAccessKey,
}: AwsBackend): Promise<{ id: string; secret: string }> {
  const iam = new IAMClient({ endpoint, region, credentials: { accessKeyId, secretAccessKey } });
  await iam.send(new CreateUserCommand({ UserName: 'backup' }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'backup' }));
  iam.destroy();
  return { id: AccessKey?.AccessKeyId ?? '', secret: AccessKey?.SecretAccessKey ?? '' };
}

export interface OpenBaoTokens {
  /** Keyturn's: its own folder, the paths that it delivers to, the secret ids of one role, and certificates under one role. */
  readonly keyturn: string;
  /** The workloads': they may read what is theirs. */
  readonly workload: string;
}

const all = '"create", "read", "update", "delete", "list"';

const keyturnPolicy = [
  ...['secret/data/keyturn/*', 'secret/metadata/keyturn/*', 'secret/data/apps/*'].map((path) => rule(path, all)),
  rule('sys/internal/ui/mounts/*', '"read"'),
  rule('auth/approle/role/ci', '"read"'),
  rule('auth/approle/role/ci/*', all),
  rule('auth/token/accessors/*', '"list", "sudo"'),
  rule('auth/token/accessors', '"list", "sudo"'),
  rule('auth/token/lookup-accessor', '"update"'),
  rule('auth/token/revoke-accessor', '"update"'),
  certificatePolicy,
].join('\n');

/** Puts each credential where its workload reads it, and makes one token for Keyturn and one for the workloads. */
export async function seedOpenBao(
  server: OpenBaoBackend,
  entries: Readonly<Record<string, object>>,
): Promise<OpenBaoTokens & { secretId: SecretId }> {
  await askOpenBao(server, 'sys/policies/acl/keyturn', { policy: keyturnPolicy });
  await askOpenBao(server, 'sys/policies/acl/workload', { policy: rule('secret/data/apps/*', '"read"') });
  await askOpenBao(server, 'auth/approle/role/ci', { token_policies: ['workload'], token_ttl: '20m' });
  const { data } = await askOpenBao(server, 'auth/approle/role/ci/secret-id', {});
  const secretId = { id: data?.['secret_id_accessor'] ?? '', secret: data?.['secret_id'] ?? '' };
  const paths = { ...entries, 'apps/ci/approle': { username: secretId.id, password: secretId.secret } };
  for (const [path, entry] of Object.entries(paths)) await askOpenBao(server, `secret/data/${path}`, { data: entry });
  return { keyturn: await token(server, 'keyturn'), workload: await token(server, 'workload'), secretId };
}

export interface SecretId {
  readonly id: string;
  readonly secret: string;
}

async function token(server: OpenBaoBackend, policy: string): Promise<string> {
  const { auth } = await askOpenBao(server, 'auth/token/create', { policies: [policy], period: '24h' });
  return auth?.client_token ?? '';
}

import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { AwsBackend } from './backends/aws.ts';
import type { OpenBaoBackend } from './backends/openbao.ts';
import type { PostgresBackend } from './backends/postgres.ts';
import type { RunningWorkloads } from './playground-children.ts';
import type { Shop } from './shop.ts';

export interface ConfigFacts {
  readonly folder: string;
  readonly temporalAddress: string;
  readonly openbao: OpenBaoBackend;
  readonly openbaoToken: string;
  readonly postgres: PostgresBackend;
  readonly postgresPassword: string;
  readonly aws: AwsBackend;
  readonly awsUrl: string;
  readonly codecKey: string;
  readonly workloads: RunningWorkloads;
  /** The folder in which workloads that read files find their credentials. */
  readonly filesRoot: string;
  readonly shop: Shop | undefined;
}

/**
 * Writes the worker's configuration as an operator would, and returns the environment that it refers to: addresses stand in
 * the file, secrets in the environment of the worker's process alone.
 */
export async function writeWorkerConfig(facts: ConfigFacts): Promise<Readonly<Record<string, string>>> {
  const path = join(facts.folder, 'keyturn.worker.yaml');
  const vault = { provider: 'openbao-kv', address: facts.openbao.address, token: { env: 'KEYTURN_BAO_TOKEN' } };
  const consumers = Object.entries(facts.workloads).map(([name, { url: baseUrl }]) => [
    name,
    { ...vault, workload: { baseUrl } },
  ]);
  await writeFile(
    path,
    stringify({
      fingerprintKey: { env: 'KEYTURN_FINGERPRINT_KEY' },
      codec: { current: 'k1', keys: { k1: { env: 'KEYTURN_CODEC_KEY' } } },
      store: vault,
      credentials: {
        'orders-db': postgresConnection(facts, 'postgres-role'),
        'reports-db': postgresConnection(facts, 'postgres-password'),
        ci: { ...vault, provider: 'openbao-approle' },
        aws: awsConnection(facts),
      },
      consumers: {
        ...Object.fromEntries(consumers),
        files: { provider: 'file', root: facts.filesRoot, format: 'json' },
        ...(facts.shop && { shop: shopConnection(facts.filesRoot, facts.shop) }),
      },
      entitlements: { 'orders-db': { ...postgresConnection(facts, 'postgres-grants'), pairs: true } },
      ...(facts.shop && { authorities: { ca: { ...vault, provider: 'openbao-pki', role: 'shop' } } }),
      http: { port: 0 },
    }),
  );
  return {
    TEMPORAL_ADDRESS: facts.temporalAddress,
    KEYTURN_CONFIG: path,
    KEYTURN_BAO_TOKEN: facts.openbaoToken,
    KEYTURN_FINGERPRINT_KEY: randomBytes(32).toString('base64'),
    KEYTURN_CODEC_KEY: facts.codecKey,
    KEYTURN_POSTGRES_PASSWORD: facts.postgresPassword,
    KEYTURN_AWS_SECRET: facts.aws.secretAccessKey,
  };
}

/** nginx is told by a signal, and each name is asked for by handshakes until it serves what was delivered. */
function shopConnection(filesRoot: string, { nginx, served, first }: Shop): object {
  const { host, port, pidFile } = nginx;
  const endpoints = served.map(({ serverName, target }) => ({ host, port, serverName, target }));
  const reload = { signal: 'SIGHUP', pidFile };
  return { provider: 'file', root: filesRoot, reload, serves: { endpoints, roots: first.root } };
}

function postgresConnection({ postgres: { host, port } }: ConfigFacts, provider: string): object {
  const password = { env: 'KEYTURN_POSTGRES_PASSWORD' };
  return { provider, host, port, database: 'postgres', user: 'keyturn', password, tls: 'disable' };
}

function awsConnection({ aws: { region, accessKeyId }, awsUrl }: ConfigFacts): object {
  const secretAccessKey = { env: 'KEYTURN_AWS_SECRET' };
  return {
    provider: 'aws-iam-access-key',
    region,
    endpoint: awsUrl,
    stsEndpoint: awsUrl,
    accessKeyId,
    secretAccessKey,
  };
}

import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { KeyturnClient } from '../client.ts';
import { codecKey, type KeyRing } from '../codec/key-ring.ts';
import { Secret } from '../contract/secret.ts';
import type { TemporalBackend } from './backends/temporal.ts';
import { startChild, type Child } from './child.ts';
import { startCodecEndpoint } from './codec-endpoint.ts';
import { startGround, startGroundBeside, type Ground, type TemporalAt } from './ground.ts';
import { writeWorkerConfig } from './playground-config.ts';
import { startReplyTrap, type ReplyTrap } from './reply-trap.ts';
import { seedAws, seedOpenBao, seedPostgres, type SecretId } from './seed.ts';

/** Keyturn and all that it needs, on this machine, for as long as this process lives: real servers, a worker, two workloads. */
export interface Playground<Temporal extends TemporalAt = TemporalBackend> {
  readonly backends: Ground<Temporal>;
  readonly client: KeyturnClient;
  /** Environment with which a `keyturn` command reaches this playground. */
  readonly env: Readonly<Record<string, string>>;
  readonly manifestPath: string;
  readonly uiUrl: string;
  /** What the `temporal` program takes as `--codec-endpoint`. */
  readonly codecUrl: string;
  readonly ordersUrl: string;
  /** Stands between the worker and the AWS API. */
  readonly awsReplies: ReplyTrap;
  /** The credentials that were in use before Keyturn came: to try them by hand afterwards. */
  readonly before: {
    readonly orders: string;
    readonly reports: string;
    readonly backup: SecretId;
    readonly ci: SecretId;
  };
  worker(): Child;
  startWorker(): Promise<void>;
  stop(): Promise<void>;
}

const root = fileURLToPath(new URL('../../', import.meta.url));

type Say = (text: string) => void;

/** Starts everything, or nothing: what had started is stopped again when a part fails. */
export function openPlayground(say: Say, folder?: string): Promise<Playground> {
  return open(say, (codecUrl) => startGround(say, folder, codecUrl));
}

/** The same on a Temporal that runs already, in a temporary folder: it is not stopped with the rest. */
export function openPlaygroundOn<Temporal extends TemporalAt>(
  temporal: Temporal,
  say: Say,
): Promise<Playground<Temporal>> {
  return open(say, () => startGroundBeside(temporal, say));
}

type Start<Temporal extends TemporalAt> = (codecUrl: string) => Promise<Ground<Temporal>>;

async function open<Temporal extends TemporalAt>(say: Say, start: Start<Temporal>): Promise<Playground<Temporal>> {
  const closing: Closing = [];
  const stop = async () => {
    for (const close of closing.splice(0).toReversed()) await close().catch(() => undefined);
  };
  try {
    return await furnish(say, start, closing, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

type Closing = (() => Promise<unknown>)[];

async function furnish<Temporal extends TemporalAt>(
  say: Say,
  start: Start<Temporal>,
  closing: Closing,
  stop: () => Promise<void>,
): Promise<Playground<Temporal>> {
  const key = randomBytes(32).toString('base64');
  const ring: KeyRing = { current: 'k1', keys: new Map([['k1', codecKey(new Secret(key))!]]) };
  const { backends, uiUrl, codecUrl } = await openGround(start, ring, closing);
  const awsReplies = await startReplyTrap(backends.aws.endpoint);
  closing.push(() => awsReplies.close());
  const seeded = await seedAll(backends);
  const workloads = await startWorkloads(say, backends, seeded.tokens.workload, closing);
  const env = await writeWorkerConfig({
    ...backends,
    temporalAddress: backends.temporal.address,
    openbaoToken: seeded.tokens.keyturn,
    postgresPassword: seeded.database.admin,
    awsUrl: awsReplies.url,
    codecKey: key,
    filesRoot: await makeFiles(backends.folder),
    workloads,
  });
  const workers = workerStarter(backends.folder, env, closing);
  await workers.startWorker();
  say('worker    ready');
  const client = await KeyturnClient.connect({ address: backends.temporal.address, codec: ring });
  closing.push(() => client.close());
  const { database, backup, tokens } = seeded;
  const ids = { BACKUP_KEY_ID: backup.id, CI_SECRET_ID: tokens.secretId.id };
  return {
    ...workers,
    backends,
    client,
    env,
    manifestPath: await writeManifest(backends.folder, ids),
    uiUrl,
    codecUrl,
    ordersUrl: workloads['orders-service'],
    awsReplies,
    before: { orders: database.orders, reports: database.reports, backup, ci: tokens.secretId },
    stop,
  };
}

async function openGround<Temporal extends TemporalAt>(start: Start<Temporal>, ring: KeyRing, closing: Closing) {
  const codec = await startCodecEndpoint(ring);
  closing.push(() => codec.close());
  const backends = await start(codec.url);
  closing.push(() => backends.stop());
  const uiUrl = backends.temporal.uiUrl ?? '';
  if (uiUrl !== '') codec.allow(new URL(uiUrl).origin);
  return { backends, uiUrl, codecUrl: codec.url };
}

async function seedAll({ postgres, aws, openbao }: Ground<TemporalAt>) {
  const [database, backup] = await Promise.all([seedPostgres(postgres), seedAws(aws)]);
  const tokens = await seedOpenBao(openbao, {
    'apps/orders/db': { username: 'orders_a', password: database.orders },
    'apps/reports/db': { username: 'reports', password: database.reports },
    'apps/backup/aws': { username: backup.id, password: backup.secret },
  });
  return { database, backup, tokens };
}

async function startWorkloads(say: Say, backends: Ground<TemporalAt>, token: string, closing: Closing) {
  const start = async (name: string, path: string, env: Record<string, string>) => {
    const child = await startWorkload(backends, token, name, path, env);
    closing.push(() => child.stop());
    say(`${name} runs on the credential that it has always had`);
    return `http://127.0.0.1:${child.line[1]}`;
  };
  const { postgres, aws } = backends;
  const database = { PGHOST: postgres.host, PGPORT: `${postgres.port}`, PGDATABASE: 'orders' };
  const [orders, backup] = await Promise.all([
    start('orders-service', 'apps/orders/db', database),
    start('backup-agent', 'apps/backup/aws', { AWS_ENDPOINT: aws.endpoint }),
  ]);
  return { 'orders-service': orders, 'backup-agent': backup };
}

function workerStarter(folder: string, env: Readonly<Record<string, string>>, closing: Closing) {
  let worker: Child | undefined;
  const startWorker = async () => {
    const logFile = join(folder, 'logs', 'worker.log');
    const args = [join(root, 'src/cli.ts'), 'worker', '--promote'];
    const child = await startChild({ args, env, logFile, ready: /new operations start on this build/ });
    closing.push(() => child.stop());
    worker = child;
  };
  return { startWorker, worker: () => worker! };
}

function startWorkload(
  { folder, openbao }: Ground<TemporalAt>,
  token: string,
  name: string,
  path: string,
  env: Record<string, string>,
) {
  return startChild({
    args: [join(root, 'examples/demo', `${name}.ts`)],
    env: { BAO_ADDR: openbao.address, BAO_TOKEN: token, CREDENTIAL_PATH: path, ...env },
    logFile: join(folder, 'logs', `${name}.log`),
    ready: /listening on (\d+)/,
  });
}

/** Where workloads that read their credential from a file find it: a folder for each, for its owner alone. */
async function makeFiles(folder: string): Promise<string> {
  const root = join(folder, 'files');
  for (const workload of ['reports', 'ci']) await mkdir(join(root, workload), { recursive: true, mode: 0o700 });
  return root;
}

/** The demo's manifest, with the ids in it that were drawn just now. */
async function writeManifest(folder: string, ids: Readonly<Record<string, string>>): Promise<string> {
  let manifest = await readFile(join(root, 'examples/demo/keyturn.yaml'), 'utf8');
  for (const [name, id] of Object.entries(ids)) manifest = manifest.replace(name, id);
  const path = join(folder, 'keyturn.yaml');
  await writeFile(path, manifest);
  return path;
}

import { randomBytes } from 'node:crypto';
import { KeyturnClient } from '../client.ts';
import { codecKey, type KeyRing } from '../codec/key-ring.ts';
import { Secret } from '../contract/secret.ts';
import type { TemporalBackend } from './backends/temporal.ts';
import type { Child } from './child.ts';
import { startCodecEndpoint } from './codec-endpoint.ts';
import { startGround, startGroundBeside, type Ground, type TemporalAt } from './ground.ts';
import { startWorkloads, workerStarter, type Closing, type RunningWorkloads } from './playground-children.ts';
import { writeWorkerConfig } from './playground-config.ts';
import { makeFiles, writeManifest } from './playground-files.ts';
import { startReplyTrap, type ReplyTrap } from './reply-trap.ts';
import { seedAws, seedOpenBao, seedPostgres, type SecretId } from './seed.ts';
import { startShop, type Shop } from './shop.ts';

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
  /** What uses the credentials of `orders-db` and `backup-key`, to be stopped. */
  readonly workloads: RunningWorkloads;
  /** Stands between the worker and the AWS API. */
  readonly awsReplies: ReplyTrap;
  /** The credentials that were in use before Keyturn came: to try them by hand afterwards. */
  readonly before: {
    readonly orders: string;
    readonly reports: string;
    readonly backup: SecretId;
    readonly ci: SecretId;
  };
  /** Where it was asked for; the identity `shop-cert` is declared there alone. */
  readonly shop: Shop | undefined;
  worker(): Child;
  startWorker(): Promise<void>;
  stop(): Promise<void>;
}

type Say = (text: string) => void;

/** What not everybody needs. */
export interface PlaygroundOptions {
  /** A web server that serves a certificate, and the authority that signs it. */
  readonly shop?: boolean;
}

/** Starts everything, or nothing: what had started is stopped again when a part fails. */
export function openPlayground(say: Say, options: PlaygroundOptions = {}): Promise<Playground> {
  return open(say, (codecUrl) => startGround(say, codecUrl), options);
}

/** The same on a Temporal that runs already, in a temporary folder: it is not stopped with the rest. */
export function openPlaygroundOn<Temporal extends TemporalAt>(
  temporal: Temporal,
  say: Say,
): Promise<Playground<Temporal>> {
  return open(say, () => startGroundBeside(temporal, say));
}

type Start<Temporal extends TemporalAt> = (codecUrl: string) => Promise<Ground<Temporal>>;

async function open<Temporal extends TemporalAt>(
  say: Say,
  start: Start<Temporal>,
  options: PlaygroundOptions = {},
): Promise<Playground<Temporal>> {
  const closing: Closing = [];
  const stop = async () => {
    for (const close of closing.splice(0).toReversed()) await close().catch(() => undefined);
  };
  try {
    return await furnish(say, start, options, closing, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

async function furnish<Temporal extends TemporalAt>(
  say: Say,
  start: Start<Temporal>,
  options: PlaygroundOptions,
  closing: Closing,
  stop: () => Promise<void>,
): Promise<Playground<Temporal>> {
  const key = randomBytes(32).toString('base64');
  const ring: KeyRing = { current: 'k1', keys: new Map([['k1', codecKey(new Secret(key))!]]) };
  const { backends, uiUrl, codecUrl } = await openGround(start, ring, closing);
  const awsReplies = await startReplyTrap(backends.aws.endpoint);
  closing.push(() => awsReplies.close());
  const seeded = await seedAll(backends);
  const filesRoot = await makeFiles(backends.folder);
  const shop = options.shop ? await openShop(say, backends, filesRoot, closing) : undefined;
  const workloads = await startWorkloads(say, backends, seeded.tokens.workload, closing);
  const env = await writeWorkerConfig({
    ...backends,
    temporalAddress: backends.temporal.address,
    openbaoToken: seeded.tokens.keyturn,
    postgresPassword: seeded.database.admin,
    awsUrl: awsReplies.url,
    codecKey: key,
    filesRoot,
    workloads,
    shop,
  });
  const workers = workerStarter(backends.folder, env, closing);
  await workers.startWorker();
  say('worker    ready');
  const client = await KeyturnClient.connect({ address: backends.temporal.address, codec: ring });
  closing.push(() => client.close());
  const { database, backup, tokens } = seeded;
  const ids = {
    BACKUP_KEY_ID: backup.id,
    CI_SECRET_ID: tokens.secretId.id,
    SHOP_CERT_SERIAL: shop?.first.serial ?? '',
  };
  return {
    ...workers,
    backends,
    client,
    env,
    manifestPath: await writeManifest(backends.folder, ids, shop ? [] : ['shop-cert']),
    uiUrl,
    codecUrl,
    ordersUrl: workloads['orders-service'].url,
    workloads,
    awsReplies,
    before: { orders: database.orders, reports: database.reports, backup, ci: tokens.secretId },
    shop,
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

async function openShop(say: Say, backends: Ground<TemporalAt>, filesRoot: string, closing: Closing): Promise<Shop> {
  const shop = await startShop(backends, filesRoot);
  closing.push(() => shop.nginx.stop());
  say(`nginx     serves the certificate ${shop.first.serial}`);
  return shop;
}

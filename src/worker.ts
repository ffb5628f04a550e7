import { NativeConnection, Worker, type WorkflowBundle } from '@temporalio/worker';
import { createActivities } from './activities/index.ts';
import { temporalLifecycles } from './activities/lifecycles.ts';
import { dataConverter } from './codec/data-converter.ts';
import { configPath, loadConfig, type Config } from './config.ts';
import { KeyturnError } from './contract/errors.ts';
import { taskQueue } from './contract/messages.ts';
import type { Providers } from './contract/provider.ts';
import { fingerprintWith } from './fingerprint.ts';
import { loadProviders } from './providers/registry.ts';
import { buildIdOf, deploymentName, promote } from './worker/deployment.ts';
import { serveHealth } from './worker/health.ts';
import { mostCachedWorkflows } from './worker/most-cached-workflows.ts';
import { noticesTo } from './worker/notices.ts';
import { requireSearchAttributes } from './worker/readiness.ts';
import { installRuntime, type Log } from './worker/runtime.ts';
import { workflowBundle } from './worker/workflow-bundle.ts';

export interface WorkerOptions {
  /** The worker's configuration; by default the file that `KEYTURN_CONFIG` names. */
  readonly configPath?: string | undefined;
  /** Providers of the caller's own, beside the built-in ones. A kind that is taken is refused. */
  readonly providers?: Partial<Providers>;
  /** Makes this build the one that new operations start on. Without it that is so only when there is no other build yet. */
  readonly promote?: boolean;
}

export interface KeyturnWorker {
  /** Runs until `drain` is called or the process is told to stop; running activities are given 20 seconds to end. */
  run(): Promise<void>;
  drain(): void;
  /** Names the workflow code: the same code is the same build wherever it runs. */
  readonly buildId: string;
  /** Where `/healthz` and `/metrics` are served, when the configuration asks for it. */
  readonly healthPort: number | undefined;
  close(): Promise<void>;
}

/** Builds one worker. Fails before it polls when its configuration is wrong, or Temporal is not reachable or not set up. */
export async function createWorker(options: WorkerOptions = {}): Promise<KeyturnWorker> {
  const log = installRuntime();
  const config = await readConfig(options);
  const { namespace } = config.temporal;
  const connection = await connect(config);
  try {
    await requireSearchAttributes(connection, namespace);
    const bundle = await workflowBundle(config.codec);
    const buildId = buildIdOf(bundle);
    const worker = await startPolling(config, connection, bundle, buildId, log);
    const health = config.http ? await serveHealth(config.http, () => worker.getState()) : undefined;
    log.info({ buildId, healthPort: health?.port, namespace }, 'worker started');
    return {
      buildId,
      healthPort: health?.port,
      async run() {
        const running = worker.run();
        await Promise.race([running, promote(connection, namespace, buildId, options.promote ?? false, log)]);
        await running;
      },
      drain: () => worker.shutdown(),
      async close() {
        await health?.close();
        await connection.close();
      },
    };
  } catch (error) {
    await connection.close();
    throw error;
  }
}

/** `keyturn worker`: runs until it is told to stop, and drains. */
export async function runWorker(options: WorkerOptions = {}): Promise<void> {
  const worker = await createWorker(options);
  try {
    await worker.run();
  } finally {
    await worker.close();
  }
}

function startPolling(
  config: Config,
  connection: NativeConnection,
  workflowBundle: WorkflowBundle,
  buildId: string,
  log: Log,
): Promise<Worker> {
  return Worker.create({
    connection,
    namespace: config.temporal.namespace,
    taskQueue,
    identity: `keyturn-worker ${process.pid}@${process.env['HOSTNAME'] ?? 'host'}`,
    workflowBundle,
    activities: createActivities({
      ...config.ports,
      fingerprint: fingerprintWith(config.fingerprintKey),
      lifecycles: temporalLifecycles,
      notify: noticesTo(config.notify?.webhook, log),
    }),
    dataConverter: dataConverter(config.codec),
    workerDeploymentOptions: {
      useWorkerVersioning: true,
      version: { deploymentName, buildId },
      defaultVersioningBehavior: 'PINNED',
    },
    workflowTaskPollerBehavior: { type: 'autoscaling' },
    activityTaskPollerBehavior: { type: 'autoscaling' },
    maxConcurrentActivityTaskExecutions: 100,
    maxCachedWorkflows: mostCachedWorkflows,
    shutdownGraceTime: '20s',
  });
}

async function readConfig({ configPath: named, providers = {} }: WorkerOptions): Promise<Config> {
  const path = configPath(named, process.env);
  if (path) return loadConfig(path, process.env, together(await loadProviders(), providers));
  const hint = 'use --config FILE or set KEYTURN_CONFIG';
  throw new KeyturnError('invalid_request', 'no worker configuration was named', hint);
}

function together(builtIn: Providers, own: Partial<Providers>): Providers {
  const join = <Port extends keyof Providers>(port: Port): Providers[Port] => {
    const all = [...builtIn[port], ...(own[port] ?? [])] as unknown as Providers[Port];
    const taken = all.find(({ kind }, at) => all.findIndex((other) => other.kind === kind) !== at);
    if (taken)
      throw new KeyturnError(
        'invalid_request',
        `providers.${port}: expected kinds that differ; "${taken.kind}" is there twice`,
      );
    return all;
  };
  return {
    credentials: join('credentials'),
    consumers: join('consumers'),
    entitlements: join('entitlements'),
    stores: join('stores'),
    authorities: join('authorities'),
  };
}

async function connect({ temporal: { connectionOptions } }: Config): Promise<NativeConnection> {
  try {
    return await NativeConnection.connect(connectionOptions);
  } catch {
    const hint = 'is it running? keyturn dev starts one here';
    throw new KeyturnError('unavailable', `Temporal does not answer at ${connectionOptions.address}`, hint);
  }
}

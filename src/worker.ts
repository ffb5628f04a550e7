import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, NativeConnection, Worker, type WorkflowBundle } from '@temporalio/worker';
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
import { installRuntime, type Log } from './worker/runtime.ts';
import { noticesTo } from './worker/notices.ts';
import { requireSearchAttributes } from './worker/readiness.ts';

export interface WorkerOptions {
  readonly config: Config;
  /** Providers of the caller's own beside the built-in ones belong into `loadConfig`; here the ports are made already. */
  readonly log: Log;
  /** Makes this build the one that new operations start on. Without it that is so only when there is no other build yet. */
  readonly promote?: boolean;
  readonly connection?: NativeConnection;
}

export interface KeyturnWorker {
  /** Runs until `drain` is called or the process is told to stop; running activities are given time to end. */
  run(): Promise<void>;
  drain(): void;
  readonly buildId: string;
  /** Where `/healthz` and `/metrics` are served, when the configuration asks for it. */
  readonly healthPort: number | undefined;
  close(): Promise<void>;
}

/** Builds one worker from configuration. Fails before it polls when Temporal is not reachable or not set up. */
export async function createWorker({
  config,
  log,
  promote: promoted = false,
  connection: given,
}: WorkerOptions): Promise<KeyturnWorker> {
  const { namespace } = config.temporal;
  const connection = given ?? (await connect(config));
  const bundle = await bundleWorkflows();
  const buildId = buildIdOf(bundle);
  await requireSearchAttributes(connection, namespace);
  const worker = await Worker.create({
    connection,
    namespace,
    taskQueue,
    identity: `keyturn-worker ${process.pid}@${process.env['HOSTNAME'] ?? 'host'}`,
    workflowBundle: bundle,
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
    shutdownGraceTime: '20s',
  });
  const health = config.http ? await serveHealth(config.http, () => worker.getState()) : undefined;
  return {
    buildId,
    healthPort: health?.port,
    async run() {
      const running = worker.run();
      await Promise.race([running, promote(connection, namespace, buildId, promoted, log)]);
      await running;
    },
    drain: () => worker.shutdown(),
    async close() {
      await health?.close();
      if (!given) await connection.close();
    },
  };
}

/** `keyturn worker`: reads the configuration, runs until told to stop, and drains. */
export async function runWorker(options: {
  configPath?: string | undefined;
  promote?: boolean;
  providers?: Providers;
}): Promise<void> {
  const path = configPath(options.configPath, process.env);
  if (!path)
    throw new KeyturnError(
      'invalid_request',
      'no worker configuration was named',
      'use --config FILE or set KEYTURN_CONFIG',
    );
  const log = installRuntime();
  const config = await loadConfig(path, process.env, options.providers ?? (await loadProviders()));
  const worker = await createWorker({ config, log, promote: options.promote ?? false });
  const { buildId, healthPort } = worker;
  log.info({ buildId, healthPort, namespace: config.temporal.namespace }, 'worker started');
  try {
    await worker.run();
  } finally {
    await worker.close();
  }
}

async function connect({ temporal: { connectionOptions } }: Config): Promise<NativeConnection> {
  try {
    return await NativeConnection.connect(connectionOptions);
  } catch {
    throw new KeyturnError(
      'unavailable',
      `Temporal does not answer at ${connectionOptions.address}`,
      'is it running? keyturn dev starts one here',
    );
  }
}

/** Compiled code has `.js` neighbours, sources `.ts`. */
function bundleWorkflows(): Promise<WorkflowBundle & { code: string }> {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const workflowsPath = fileURLToPath(new URL(`./workflows/index.${extension}`, import.meta.url));
  return bundleWorkflowCode({ workflowsPath, logger: silent }) as Promise<WorkflowBundle & { code: string }>;
}

const nothing = () => {};
const silent = { log: nothing, trace: nothing, debug: nothing, info: nothing, warn: nothing, error: nothing };

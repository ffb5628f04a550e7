import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { BackendProcess } from './backend-process.ts';
import type { DurableBackend, StartOptions } from './backend.ts';
import { resolveProgram, temporalCli } from './binaries.ts';
import { freePorts } from './free-ports.ts';
import { isListening } from './is-listening.ts';

const namespace = 'default';

/** Settings of the development server. */
export interface TemporalOptions extends StartOptions {
  /** Custom search attributes of the namespace: name to type. Those that it has already stay. */
  readonly searchAttributes?: Readonly<Record<string, SearchAttributeType>> | undefined;
  /** Keeps nothing on disk: faster to stop and start, and `restart` comes back empty. */
  readonly inMemory?: boolean | undefined;
  /** Leaves the web interface out. */
  readonly headless?: boolean | undefined;
  /** URL of the codec server with which the web interface decodes payloads. */
  readonly uiCodecEndpoint?: string | undefined;
  /** Days that closed workflows are kept; the server's own choice is one. */
  readonly retentionDays?: number | undefined;
}

/** https://docs.temporal.io/search-attribute#supported-types */
export type SearchAttributeType = 'Text' | 'Keyword' | 'KeywordList' | 'Int' | 'Double' | 'Bool' | 'Datetime';

/** A Temporal development server. */
export interface TemporalBackend extends DurableBackend {
  readonly name: 'temporal';
  /** Host and port of the gRPC frontend. */
  readonly address: string;
  readonly namespace: string;
  /** Absent when headless. */
  readonly uiUrl: string | undefined;
}

/**
 * Starts a Temporal development server with one namespace, `default`. Resolves when that namespace answers.
 * https://docs.temporal.io/cli/server#start-dev
 */
export async function startTemporal(options: TemporalOptions): Promise<TemporalBackend> {
  const { folder, env = process.env, progress } = options;
  const command = await resolveProgram(temporalCli, { env, progress });
  const [port = 0, uiPort = 0, httpPort = 0, metricsPort = 0] = await freePorts(4);
  const ports = ['--port', `${port}`, '--http-port', `${httpPort}`, '--metrics-port', `${metricsPort}`];
  const ui = options.headless ? ['--headless'] : ['--ui-port', `${uiPort}`, ...codecArgs(options)];
  await mkdir(join(folder, 'temporal'), { recursive: true, mode: 0o700 });
  const server = new BackendProcess({
    name: 'temporal',
    command,
    args: [
      'server',
      'start-dev',
      '--ip',
      '127.0.0.1',
      ...ports,
      ...ui,
      ...storageArgs(options),
      ...tuningArgs(options),
    ],
    folder,
    ready: () => prepareNamespace(port, options.retentionDays),
  });
  await server.start();
  return {
    name: 'temporal',
    address: `127.0.0.1:${port}`,
    namespace,
    uiUrl: options.headless ? undefined : `http://127.0.0.1:${uiPort}`,
    get pid() {
      return server.pid;
    },
    stop: () => server.stop(),
    kill: () => server.kill(),
    restart: () => server.restart(),
  };
}

function codecArgs({ uiCodecEndpoint }: TemporalOptions): string[] {
  return uiCodecEndpoint === undefined ? [] : ['--ui-codec-endpoint', uiCodecEndpoint];
}

function storageArgs({ folder, inMemory }: TemporalOptions): string[] {
  if (inMemory) return [];
  // Without waiting for the disk: what is written survives the death of the process, though not that of the machine.
  const pragmas = ['--sqlite-pragma', 'journal_mode=wal', '--sqlite-pragma', 'synchronous=off'];
  return ['--db-filename', join(folder, 'temporal', 'temporal.db'), ...pragmas];
}

function tuningArgs({ searchAttributes = {} }: TemporalOptions): string[] {
  const attributes = Object.entries(searchAttributes).flatMap(([name, type]) => [
    '--search-attribute',
    `${name}=${type}`,
  ]);
  // The development server has one shard, whose queue is read 20 times a second by default: 50 ms for every task.
  return ['--log-level', 'warn', '--dynamic-config-value', 'history.transferProcessorMaxPollRPS=2000', ...attributes];
}

async function prepareNamespace(port: number, retentionDays: number | undefined): Promise<void> {
  // A gRPC client that was refused once waits a second before it tries again; a bare connection costs nothing.
  await isListening(port);
  const connection = await Connection.connect({ address: `127.0.0.1:${port}`, connectTimeout: 2_000 });
  try {
    await connection.withDeadline(Date.now() + 5_000, async () => {
      await connection.workflowService.describeNamespace({ namespace });
      if (retentionDays === undefined) return;
      const config = { workflowExecutionRetentionTtl: msToTs(retentionDays * 24 * 60 * 60 * 1000) };
      await connection.workflowService.updateNamespace({ namespace, config });
    });
  } finally {
    await connection.close();
  }
}

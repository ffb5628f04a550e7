import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { KeyturnClient } from '../../src/client.ts';
import { BackendProcess } from '../../src/dev/backends/backend-process.ts';
import { startEmbedded, type Embedded } from '../../src/dev/backends/embedded.ts';
import { isListening } from '../../src/dev/backends/is-listening.ts';
import type { TemporalAt } from '../../src/dev/ground.ts';
import { repository } from '../deploy/compose-file.ts';
import { memberPorts } from '../system/member-ports.ts';
import type { TrialPrograms } from '../system/trial-programs.ts';
import { makeTemporalDatabases } from './temporal-schema.ts';

/** A member of the cluster that keeps shards of the histories. */
export interface HistoryNode {
  /** Host and port, as the table of shards names their owner. */
  readonly at: string;
  /** Sends SIGKILL. Nobody starts it again. */
  kill(): void;
}

/** Temporal as it is run for real: a process for each of its services, two for the histories, on PostgreSQL. */
export interface TemporalCluster extends TemporalAt {
  readonly postgres: Embedded<'postgres'>['postgres'];
  readonly history: readonly HistoryNode[];
  stop(): Promise<void>;
}

const members = {
  frontend: 'frontend',
  'history-1': 'history',
  'history-2': 'history',
  matching: 'matching',
  worker: 'worker',
};
/** Enough that each of two nodes is sure to get some. */
const shards = '16';
const namespace = 'default';

/** Starts the cluster in a temporary folder, with Keyturn's search attributes. Resolves when its namespace answers. */
export async function startTemporalCluster(programs: TrialPrograms): Promise<TemporalCluster> {
  const ground = await startEmbedded(['postgres']);
  const running: BackendProcess[] = [];
  const stop = async () => {
    await Promise.all(running.map((member) => member.stop()));
    await ground.stop();
  };
  try {
    await makeTemporalDatabases(programs['temporal-sql-tool'], ground.folder, ground.postgres);
    const { frontend, history } = await startMembers(programs['temporal-server'], ground, running);
    await openNamespace(frontend);
    return { address: frontend, namespace, uiUrl: undefined, postgres: ground.postgres, history, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startMembers(command: string, ground: Embedded<'postgres'>, running: BackendProcess[]) {
  const { FRONTEND_GRPC_PORT, FRONTEND_HTTP_PORT } = await memberPorts();
  const history: HistoryNode[] = [];
  const start = async ([name, service]: [string, string]): Promise<void> => {
    // All have to know where the one frontend is.
    const ports = {
      ...(await memberPorts()),
      FRONTEND_GRPC_PORT: `${FRONTEND_GRPC_PORT}`,
      FRONTEND_HTTP_PORT: `${FRONTEND_HTTP_PORT}`,
    };
    const port = Number(Object.entries(ports).find(([each]) => each === `${service.toUpperCase()}_GRPC_PORT`)?.[1]);
    const env = { ...settings(ground.postgres), ...ports };
    const args = ['start', '--service', service];
    const { folder } = ground;
    const member = new BackendProcess({
      name: `temporal-${name}`,
      command,
      args,
      folder,
      env,
      ready: () => isListening(port),
    });
    running.push(member);
    if (service === 'history') history.push({ at: `127.0.0.1:${port}`, kill: () => member.kill() });
    await member.start();
  };
  await Promise.all(Object.entries(members).map(start));
  return { frontend: `127.0.0.1:${FRONTEND_GRPC_PORT}`, history };
}

function settings({ host, port, user, password }: TemporalCluster['postgres']): Record<string, string> {
  // Five members share the hundred sessions that PostgreSQL gives.
  const sessions = {
    SQL_MAX_CONNS: '10',
    SQL_MAX_IDLE_CONNS: '10',
    SQL_VIS_MAX_CONNS: '4',
    SQL_VIS_MAX_IDLE_CONNS: '4',
  };
  return {
    DB: 'postgres12_pgx',
    POSTGRES_SEEDS: host,
    DB_PORT: `${port}`,
    POSTGRES_USER: user,
    POSTGRES_PWD: password,
    ...sessions,
    NUM_HISTORY_SHARDS: shards,
    BIND_ON_IP: '127.0.0.1',
    TEMPORAL_BROADCAST_ADDRESS: '127.0.0.1',
    TEMPORAL_ALLOW_NO_AUTH: 'true',
    LOG_LEVEL: 'warn',
    DYNAMIC_CONFIG_FILE_PATH: fileURLToPath(new URL('deploy/compose/temporal.yaml', repository)),
  };
}

/** A new namespace, and each new attribute, is known to every member after some seconds. */
async function openNamespace(address: string): Promise<void> {
  const connection = await Connection.connect({ address });
  const workflowExecutionRetentionPeriod = msToTs(86_400_000);
  await eventually(() => connection.workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod }));
  await connection.close();
  const client = await KeyturnClient.connect({ address });
  await eventually(() => client.registerSearchAttributes());
  await client.close();
}

async function eventually(attempt: () => Promise<unknown>): Promise<void> {
  for (const deadline = Date.now() + 60_000; ; await sleep(200)) {
    try {
      await attempt();
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
  }
}

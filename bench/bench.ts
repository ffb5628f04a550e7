import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, type WorkflowBundle } from '@temporalio/worker';
import { converterPaths } from '../src/codec/data-converter.ts';
import { searchAttributes } from '../src/contract/search-attributes.ts';
import { startTemporal } from '../src/dev/backends/temporal.ts';

/** Whose workflows a worker runs: the product's, those by hand with its guarantees, or the least that rotates. */
export type Code = 'keyturn' | 'equal' | 'minimal';

/** What every part measures on: one server, one client, one connection for workers. */
export interface Bench {
  readonly address: string;
  /** Process id of the Temporal server. */
  readonly serverPid: number;
  readonly client: Client;
  readonly connection: NativeConnection;
  /** How many gates wait, in the order in which they are measured. */
  readonly waiting: readonly number[];
  print(text: string): void;
  close(): Promise<void>;
}

const sources: Record<Code, string> = {
  keyturn: '../src/workflows/index.ts',
  equal: './equal-workflow.ts',
  minimal: './minimal-workflow.ts',
};

/** Bundles as the product's worker does at its start. */
export function bundleOf(code: Code): Promise<WorkflowBundle & { code: string }> {
  const workflowsPath = fileURLToPath(new URL(sources[code], import.meta.url));
  return bundleWorkflowCode({ workflowsPath, ...converterPaths(undefined), logger: new DefaultLogger('ERROR') });
}

/** Starts a development server without the tick of its task queue (see `startTemporal`), in memory. */
export async function startBench(waiting: readonly number[]): Promise<Bench> {
  const folder = await mkdtemp(join(tmpdir(), 'keyturn-bench-'));
  const types = Object.entries(searchAttributes).map(
    ([name, type]) => [name, type === 'KEYWORD' ? 'Keyword' : 'Datetime'] as const,
  );
  const attributes = Object.fromEntries(types);
  const temporal = await startTemporal({ folder, inMemory: true, headless: true, searchAttributes: attributes });
  const { address, pid } = temporal;
  const client = new Client({ connection: await Connection.connect({ address }) });
  const connection = await NativeConnection.connect({ address });
  return {
    address,
    serverPid: pid,
    client,
    connection,
    waiting,
    print: (text) => void process.stdout.write(`${text}\n`),
    async close() {
      await connection.close();
      await client.connection.close();
      await temporal.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

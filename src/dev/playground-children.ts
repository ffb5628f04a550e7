import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startChild, type Child } from './child.ts';
import type { Ground, TemporalAt } from './ground.ts';

/** What ends everything that was started, the first one last. */
export type Closing = (() => Promise<unknown>)[];

type Say = (text: string) => void;

const root = fileURLToPath(new URL('../../', import.meta.url));

/** A service of the demo that uses a credential, until it is stopped. */
export interface RunningWorkload {
  readonly url: string;
  /** Ends the process. The second call does nothing. */
  stop(): Promise<unknown>;
}

export type RunningWorkloads = Readonly<Record<'orders-service' | 'backup-agent', RunningWorkload>>;

/** Starts the two services of the demo. */
export async function startWorkloads(
  say: Say,
  backends: Ground<TemporalAt>,
  token: string,
  closing: Closing,
): Promise<RunningWorkloads> {
  const start = async (name: string, path: string, env: Record<string, string>) => {
    const child = await startWorkload(backends, token, name, path, env);
    closing.push(() => child.stop());
    say(`${name} runs on the credential that it has always had`);
    return { url: `http://127.0.0.1:${child.line[1]}`, stop: () => child.stop() };
  };
  const { postgres, aws } = backends;
  const database = { PGHOST: postgres.host, PGPORT: `${postgres.port}`, PGDATABASE: 'orders' };
  const [orders, backup] = await Promise.all([
    start('orders-service', 'apps/orders/db', database),
    start('backup-agent', 'apps/backup/aws', { AWS_ENDPOINT: aws.endpoint }),
  ]);
  return { 'orders-service': orders, 'backup-agent': backup };
}

/** Starts workers, one after the other; `worker` is the last. */
export function workerStarter(folder: string, env: Readonly<Record<string, string>>, closing: Closing) {
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

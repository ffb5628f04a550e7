import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { freePorts } from '../../src/dev/backends/free-ports.ts';
import { startPostgres, type PostgresBackend } from '../../src/dev/backends/postgres.ts';
import { isOneShot, readComposeFile, startOrder, type ComposeEntry } from '../deploy/compose-file.ts';
import type { TrialPrograms } from './trial-programs.ts';
import { environment, starters } from './trial-starters.ts';

export interface Trial {
  readonly folder: string;
  readonly postgres: PostgresBackend;
  /** Environment with which a `keyturn` command reaches the trial, as in its containers. */
  readonly env: Readonly<Record<string, string>>;
  readonly ordersUrl: string;
  readonly healthUrl: string;
  /** The services that were started, in order. */
  readonly started: readonly string[];
  /** Runs what does its work and ends once more, as a second `docker compose up` does. */
  again(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts what docker-compose.yml describes, without containers: the same programs in the order of `depends_on`, with the
 * environment, commands, configuration files and health checks of that file. Only what a container would have of its own differs:
 * names of hosts, ports and paths. PostgreSQL is the one of the tests, which runs the file's SQL; the web interface is left out.
 */
export async function startTrial(folder: string, programs: TrialPrograms): Promise<Trial> {
  const trial = await prepare(folder, programs);
  try {
    for (const name of startOrder(trial.file)) await trial.start(name);
  } catch (error) {
    await trial.stop();
    throw error;
  }
  const { file, local, started, stop } = trial;
  const again = async (): Promise<void> => {
    const oneShots = startOrder(file).filter((name) => isOneShot(file.services[name]!));
    for (const name of oneShots) await trial.start(name);
  };
  const env = environment(file.services['worker'], local);
  const urls = { ordersUrl: local('http://127.0.0.1:8080'), healthUrl: local('http://127.0.0.1:9464/healthz') };
  return { folder, postgres: trial.postgres(), env, ...urls, started: [...started], again, stop };
}

async function prepare(folder: string, programs: TrialPrograms) {
  const file = readComposeFile();
  const bin = join(folder, 'bin');
  await mkdir(bin, { recursive: true });
  await mkdir(join(folder, 'logs'));
  for (const [name, path] of Object.entries({ ...programs, node: process.execPath }))
    await symlink(path, join(bin, name));
  const postgres = await startPostgres({ folder });
  const ports = await freePorts(5);
  const closing: (() => Promise<unknown>)[] = [() => postgres.stop()];
  const started: string[] = [];
  const localFor = (name: string) => (text: string) =>
    localise(text, file.services[name]!, { folder, postgresPort: postgres.port, ports });
  const start = async (name: string): Promise<void> => {
    const entry = file.services[name]!;
    const starter = starters[name];
    if (starter === undefined) return;
    const place = { folder, bin, postgres, ports, entry, file, local: localFor(name), closing };
    await starter(place);
    started.push(name);
  };
  const stop = async (): Promise<void> => {
    for (const close of closing.splice(0).toReversed()) await close().catch(() => undefined);
  };
  return { file, start, stop, started, local: localFor('worker'), postgres: () => postgres };
}

/** Puts this machine's ports and folders in place of the containers'; a volume of keys is the folder that `keys` fills. */
function localise(text: string, { volumes = [] }: ComposeEntry, { folder, postgresPort, ports }: Machine): string {
  const [bao, baoCluster, orders, health, temporal] = ports;
  const mounts = volumes.flatMap((volume) => {
    const [, name = '', target = ''] = /^([\w-]+)-keys:([^:]+)/.exec(volume) ?? [];
    return name === '' ? [] : [[target, join(folder, 'keys', name)]];
  });
  const places = new Map([
    ...(mounts as [string, string][]),
    ['/openbao/', `${join(folder, 'openbao')}/`],
    ['/etc/keyturn/', `${join(folder, 'etc')}/`],
    ['/etc/temporal/entrypoint.sh', 'temporal-server start'],
    ['/etc/temporal/dynamic.yaml', join(folder, 'dynamic.yaml')],
    ['host: postgres', 'host: 127.0.0.1'],
    ['temporal:7233', `127.0.0.1:${temporal}`],
    ['5432', `${postgresPort}`],
    ['8200', `${bao}`],
    ['8201', `${baoCluster}`],
    ['8080', `${orders}`],
    ['9464', `${health}`],
    // What Compose itself does before a container sees it.
    ['$$', '$'],
  ]);
  if (text === 'postgres' || text === '0.0.0.0') return '127.0.0.1';
  const any = new RegExp([...places.keys()].map((from) => from.replace(/[.$/]/g, '\\$&')).join('|'), 'g');
  return text.replace(any, (from) => places.get(from) ?? from);
}

interface Machine {
  readonly folder: string;
  readonly postgresPort: number;
  readonly ports: readonly number[];
}

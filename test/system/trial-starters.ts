import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { BackendProcess } from '../../src/dev/backends/backend-process.ts';
import { isListening } from '../../src/dev/backends/is-listening.ts';
import type { PostgresBackend } from '../../src/dev/backends/postgres.ts';
import { startChild } from '../../src/dev/child.ts';
import { repository, type ComposeEntry, type ComposeFile } from '../deploy/compose-file.ts';
import { memberPorts } from './member-ports.ts';

/** All that the start of one service needs to know. */
export interface Place {
  readonly folder: string;
  readonly bin: string;
  readonly postgres: PostgresBackend;
  readonly ports: readonly number[];
  readonly entry: ComposeEntry;
  readonly file: ComposeFile;
  /** Puts this machine's ports and folders in place of the containers'. */
  readonly local: (text: string) => string;
  readonly closing: (() => Promise<unknown>)[];
}

const root = fileURLToPath(repository);

/** How each service starts without its container; `temporal-ui` is not among them. */
export const starters: Readonly<Record<string, (place: Place) => Promise<unknown>>> = {
  keys: ({ folder, ...place }) => run(place, ['node', join(root, 'deploy/compose/keys.ts'), join(folder, 'keys')]),
  postgres: seedPostgres,
  openbao: startOpenBao,
  'temporal-schema': (place) => run(place, shell(place)),
  temporal: startTemporal,
  'temporal-namespace': (place) => run(place, shell(place)),
  setup: (place) => run(place, ['node', join(root, 'src/cli.ts'), ...(place.entry.command ?? [])]),
  'orders-service': startOrders,
  worker: startWorker,
  apply: (place) => run(place, ['node', join(root, 'src/cli.ts'), ...(place.entry.command ?? [])]),
};

/** The environment that the file gives a service, with this machine's ports and folders. */
export function environment(entry: ComposeEntry | undefined, local: Place['local']): Record<string, string> {
  return Object.fromEntries(Object.entries(entry?.environment ?? {}).map(([name, value]) => [name, local(value)]));
}

function shell({ entry, local }: Pick<Place, 'entry' | 'local'>): string[] {
  return [...(entry.entrypoint ?? []), ...(entry.command ?? [])].map(local);
}

async function run({ bin, entry, local }: Omit<Place, 'folder'>, [program = '', ...args]: string[]): Promise<void> {
  const env = { ...environment(entry, local), PATH: `${bin}:${process.env['PATH']}`, HOME: bin };
  const child = spawn(program, args, { cwd: root, env, stdio: ['ignore', 'ignore', 'pipe'], timeout: 90_000 });
  let last = '';
  child.stderr.on('data', (text: Buffer) => (last = (last + text.toString()).slice(-2_000)));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`${program} ${args.at(-1)?.slice(0, 80)} ended with ${code}: ${last}`);
}

/** The health check of the file itself, with the programs of this machine. */
async function passesHealthCheck({ entry, local, ...place }: Omit<Place, 'folder'>): Promise<void> {
  const [kind, ...test] = entry.healthcheck?.test ?? [];
  const command = kind === 'CMD-SHELL' ? ['sh', '-c', ...test.map(local)] : test.map(local);
  await run({ ...place, entry, local }, command);
}

async function config({ file, entry, local }: Place, source: string, path: string): Promise<void> {
  if (!entry.configs?.some((each) => each.source === source)) throw new Error(`${source} is not mounted`);
  await writeFile(path, local(await readFile(new URL(file.configs[source]!.file, repository), 'utf8')));
}

/** What psql does with this file, as far as it uses psql: it reads passwords from files, quotes them, and changes the database. */
async function seedPostgres({ postgres, file, local }: Place): Promise<void> {
  const text = await readFile(new URL(file.configs['postgres']!.file, repository), 'utf8');
  const variables = new Map<string, string>();
  for (const [, name = '', path = ''] of text.matchAll(/^\\set (\w+) `cat (\S+)`$/gm)) {
    variables.set(name, await readFile(local(path), 'utf8'));
  }
  const filled = text.replace(/^\\set.*$/gm, '').replace(/:'(\w+)'/g, (_, name: string) => `'${variables.get(name)}'`);
  const [first = '', second = ''] = filled.split('\\connect orders\n');
  await statements(postgres, first);
  await statements({ ...postgres, database: 'orders' }, second);
}

async function statements(login: object, text: string): Promise<void> {
  const client = new Client(login);
  await client.connect();
  for (const statement of text.split(/;\n/).filter((each) => each.trim() !== '')) await client.query(statement);
  await client.end();
}

async function startOpenBao(place: Place): Promise<void> {
  const { folder, bin, closing } = place;
  for (const name of ['file', 'logs', 'config']) await mkdir(join(folder, 'openbao', name), { recursive: true });
  await config(place, 'openbao', join(folder, 'openbao/config/openbao.hcl'));
  const ready = () => passesHealthCheck(place);
  const args = ['server', `-config=${join(folder, 'openbao/config')}`];
  const server = new BackendProcess({ name: 'openbao', command: join(bin, 'bao'), args, folder, ready });
  closing.push(() => server.stop());
  await server.start();
}

async function startTemporal(place: Place): Promise<void> {
  const { folder, bin, ports, entry, local, closing } = place;
  const [port = 0] = ports.slice(4);
  await config(place, 'temporal', join(folder, 'dynamic.yaml'));
  const PATH = `${bin}:${process.env['PATH']}`;
  const env = { ...environment(entry, local), ...(await memberPorts()), FRONTEND_GRPC_PORT: `${port}`, PATH };
  const [command = '', ...args] = shell(place);
  const server = new BackendProcess({ name: 'temporal', command, args, folder, env, ready: () => isListening(port) });
  closing.push(() => server.stop());
  await server.start();
}

async function startOrders({ folder, entry, local, closing }: Place): Promise<void> {
  const BAO_TOKEN = await readFile(join(folder, 'keys/orders-service/openbao.token'), 'utf8');
  const env = { ...environment(entry, local), BAO_TOKEN };
  const args = [join(root, 'examples/demo/orders-service.ts')];
  const child = await startChild({ args, env, logFile: join(folder, 'logs/orders.log'), ready: /listening on/ });
  closing.push(() => child.stop());
}

async function startWorker(place: Place): Promise<void> {
  const { folder, entry, local, closing } = place;
  await mkdir(join(folder, 'etc'));
  await config(place, 'worker', join(folder, 'etc/keyturn.worker.yaml'));
  // The configuration names its files relative to its own folder.
  await symlink(join(folder, 'keys/worker'), join(folder, 'etc/keys'));
  const args = [join(root, 'src/cli.ts'), 'worker'];
  const env = environment(entry, local);
  const logFile = join(folder, 'logs/worker.log');
  const child = await startChild({ args, env, logFile, ready: /new operations start on this build/ });
  closing.push(() => child.stop());
  await passesHealthCheck(place);
}

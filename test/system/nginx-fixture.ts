import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { digestOf, readChain } from '../../src/certificates/chain.ts';
import type { Secret } from '../../src/contract/secret.ts';
import { startNginx, type NginxBackend } from '../../src/dev/backends/nginx.ts';
import { provider } from '../../src/providers/consumers/file.ts';
import { shakeHands } from '../../src/providers/tls-handshake.ts';
import { SmallAuthority } from '../conformance/authorities/small-authority.ts';
import { call } from '../conformance/credentials/stage.ts';
import { pemBundle } from '../fakes/pem-bundle.ts';
import { worldOf } from '../fakes/world.ts';

export const world = worldOf('file');
export const authority = await SmallAuthority.create('Root');
export const names = { 'app/orders.pem': 'orders.example.com', 'app/bystander.pem': 'bystander.example.com' } as const;
export const issue = () => pemBundle(authority, Object.values(names));

export const leafOf = (bundle: Secret) => digestOf(readChain(bundle.reveal()).leaf);

const first = await issue();

/** An nginx that serves two files of one folder, each under its name, and the consumer that replaces them and reloads it. */
export async function startServed(workers = 2) {
  const folder = await mkdtemp(join(tmpdir(), 'keyturn-nginx-'));
  const root = join(folder, 'tls');
  await mkdir(join(root, 'app'), { recursive: true });
  for (const target of Object.keys(names)) await writeFile(join(root, target), first.reveal(), { mode: 0o600 });
  const servers = Object.entries(names).map(([target, serverName]) => ({ serverName, pemFile: join(root, target) }));
  const nginx = await startNginx({ folder, servers, workers });
  const portWith = (more: object = {}, also: readonly NginxBackend[] = []) => {
    const endpoints = [nginx, ...also].flatMap(({ host, port }) =>
      Object.entries(names).map(([target, serverName]) => ({ target, host, port, serverName })),
    );
    const serves = { endpoints, roots: authority.chain, ...more };
    const reload = { signal: 'SIGHUP', pidFile: nginx.pidFile };
    return provider.create(provider.config.parse({ root, reload, serves }), world);
  };
  return {
    root,
    folder,
    servers,
    nginx,
    portWith,
    /** The leaf that one handshake shows. */
    async leafAt(target: keyof typeof names) {
      const where = { host: nginx.host, port: nginx.port, serverName: names[target], timeoutMs: 2_000, rounds: 1 };
      const [seen] = await shakeHands(where, call());
      return seen?.is === 'served' ? seen.fingerprint : undefined;
    },
    /** What rests in the file of a target. */
    contentOf: (target: string) => readFile(join(root, target), 'utf8').catch(() => undefined),
    /** Waits until the workers from before a reload are gone. New ones have to be seen first. */
    untilAlone: () => until(async () => workersOf(nginx.pid).length === workers),
    async close() {
      await nginx.stop();
      await rm(folder, { recursive: true });
    },
  };
}

/** The processes that serve for a master; one that has ended and was not buried yet is none. */
export function workersOf(master: number): number[] {
  const rows = execFileSync('ps', ['-Ao', 'pid=,ppid=,stat='], { encoding: 'utf8' }).trim().split('\n');
  return rows
    .map((row) => row.trim().split(/\s+/))
    .filter(([, parent, state]) => Number(parent) === master && !state?.startsWith('Z'))
    .map(([pid]) => Number(pid));
}

export async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 400; tries += 1) {
    if (await isSo()) return;
    await sleep(20);
  }
  throw new Error('it did not come to pass within eight seconds');
}

import type { X509Certificate } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleOf } from '../../src/certificates/bundle.ts';
import { drawKey } from '../../src/certificates/signing-key.ts';
import { signingRequest } from '../../src/certificates/signing-request.ts';
import type { DeclaredIdentity } from '../../src/client.ts';
import type { AuthorityPort } from '../../src/contract/authorities.ts';
import { startNginx } from '../../src/dev/backends/nginx.ts';
import { lookAtServed } from '../../src/dev/look-at-certificate.ts';
import { call } from '../conformance/credentials/stage.ts';
import type { OpenBaoFixture } from './openbao-fixture.ts';

export type Authorities = Readonly<Record<'ca' | 'acme', AuthorityPort>>;

/** What a case needs: one certificate, and the servers that serve it. */
export interface Wanted {
  readonly names: readonly string[];
  readonly authority?: keyof Authorities;
  readonly key?: 'ecdsa-p256' | 'rsa-2048';
  /** One web server for each; `deaf` ones are told by nobody that their file has changed. Default: one that is told. */
  readonly servers?: readonly ('told' | 'deaf')[];
  readonly start?: StartServer;
}

/** A server on TLS that reads one file and reloads when the process in its pid file gets a signal. */
export interface Server {
  readonly host: string;
  readonly port: number;
  readonly pidFile: string;
  readonly signal: 'SIGHUP' | 'SIGUSR2';
  reload(): Promise<void>;
  stop(): Promise<void>;
}

export type StartServer = (place: {
  readonly folder: string;
  readonly home: string;
  readonly serverName: string;
  readonly pemFile: string;
}) => Promise<Server>;

const nginx: StartServer = async ({ folder, home, ...server }) => {
  const started = await startNginx({ folder, home, servers: [server] });
  const { host, port, pidFile } = started;
  return { host, port, pidFile, signal: 'SIGHUP', reload: started.reload, stop: () => started.stop() };
};

export interface Site {
  readonly id: string;
  readonly wanted: Wanted;
  readonly serial: string;
  readonly servers: readonly (Server & { readonly root: string; readonly isDeaf: boolean })[];
  /** What one handshake with each server shows, under each name, in order; whoever shakes hands trusts the root alone. */
  look(): Promise<readonly X509Certificate[]>;
  /** The lines between those of PEM of every private key that its servers ever had, as far as this was called in between. */
  keyLines(): Promise<readonly string[]>;
  close(): Promise<void>;
}

interface Place {
  readonly id: string;
  readonly folder: string;
  readonly bao: Pick<OpenBaoFixture, 'admin'>;
  readonly authorities: Authorities;
  readonly root: string;
}

/** Has a first certificate signed, puts it where it is to be adopted from and into the file of each server, and starts those. */
export async function openSite({ id, folder, bao, authorities, root }: Place, wanted: Wanted): Promise<Site> {
  const { names, authority = 'ca', servers = ['told'], start = nginx } = wanted;
  const key = await drawKey('ecdsa-p256');
  const lifetimeMs = 24 * 3_600_000;
  const issued = await authorities[authority].enroll(await signingRequest(key, { names, lifetimeMs }), call());
  const bundle = bundleOf(key, issued).reveal();
  await bao.admin('POST', `secret/data/apps/${id}`, { data: { bundle } });
  const started: Site['servers'][number][] = [];
  for (const [at, how] of servers.entries()) {
    const home = `${id}-${at}`;
    const files = join(folder, 'files', home);
    await mkdir(files, { recursive: true });
    const pemFile = join(files, target);
    await writeFile(pemFile, bundle, { mode: 0o600 });
    const server = await start({ folder, home, serverName: names[0]!, pemFile });
    started.push({ ...server, root: files, isDeaf: how === 'deaf' });
  }
  const lines = new Set(linesOf(bundle));
  return {
    id,
    wanted,
    serial: issued.ref.serial,
    servers: started,
    async look() {
      const asked = started.flatMap((server) => names.map((name) => lookAtServed(server, askedFor(name), root)));
      return (await Promise.all(asked)).map(({ certificate }) => certificate);
    },
    async keyLines() {
      for (const each of started)
        for (const line of linesOf(await readFile(join(each.root, target), 'utf8'))) lines.add(line);
      return [...lines];
    },
    close: async () => void (await Promise.all(started.map((server) => server.stop()))),
  };
}

const target = 'tls.pem';

function linesOf(bundle: string): string[] {
  const key = /-----BEGIN PRIVATE KEY-----\n([^-]+)-----END/.exec(bundle)?.[1] ?? '';
  return key.split('\n').filter((line) => line.length > 30);
}

/** A client asks for one of the names that a wildcard stands for. */
function askedFor(name: string): string {
  return name.replace(/^\*/, 'any');
}

/** The consumer connections of a site, as a worker's configuration names them. */
export function connectionOf({ id, servers, wanted }: Site, roots: string): [string, object][] {
  return servers.map(({ host, port, pidFile, signal, root, isDeaf }, at) => {
    const endpoints = wanted.names.map((name) => ({ host, port, serverName: askedFor(name) }));
    const reload = isDeaf ? {} : { reload: { signal, pidFile } };
    return [`${id}-${at}`, { provider: 'file', root, serves: { endpoints, roots }, ...reload }];
  });
}

/** The identity of a site, with a test's patience. */
export function identityOf({ id, serial, servers, wanted }: Site): DeclaredIdentity {
  const { names, key, authority = 'ca' } = wanted;
  const gate = { approvers: ['dana@example.com'], proof: 'none' as const };
  return {
    id,
    kind: 'certificate',
    owner: 'dana@example.com',
    credential: {
      connection: authority,
      account: id,
      adopt: { id: serial, secret: `apps/${id}#bundle` },
      propagation: { within: '5s', successes: 2 },
    },
    certificate: { names: [...names], lifetime: '24h', ...(key && { key }) },
    consumers: servers.map((_, at) => ({ id: `${id}-${at}`, connection: `${id}-${at}`, target, canary: at === 0 })),
    quiet: '1s',
    gates: { retirement: gate, intervention: gate },
  };
}

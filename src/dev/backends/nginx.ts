import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { KeyturnError } from '../../contract/errors.ts';
import { BackendProcess } from './backend-process.ts';
import type { Backend, StartOptions } from './backend.ts';
import { nginxServer, resolveProgram } from './binaries.ts';
import { freePorts } from './free-ports.ts';
import { unprivilegedName } from './process-user.ts';

/** One name that is served on TLS. */
export interface NginxServer {
  readonly serverName: string;
  /** Absolute path of the private key and the chain, leaf first, in one file. It has to be there when nginx starts. */
  readonly pemFile: string;
}

/** Settings of one nginx. */
export interface NginxOptions extends StartOptions {
  /** The first one also answers clients that ask for another name. */
  readonly servers: readonly NginxServer[];
  /** Processes that serve; 2 when left out. */
  readonly workers?: number | undefined;
  /** Tells several under one folder apart; `nginx` when left out. */
  readonly home?: string | undefined;
}

/** A web server. It has no `kill`: workers outlive a master that was killed, and would hold its port. */
export interface NginxBackend extends Pick<Backend, 'pid' | 'stop'> {
  readonly host: string;
  readonly port: number;
  /** Names the master process, for who reloads it. */
  readonly pidFile: string;
  /**
   * Tells it to read its files again and does not wait: for a tenth of a second workers of both kinds serve. Files that it can't take,
   * such as a key that is not that of the certificate, change nothing. https://nginx.org/en/docs/control.html
   */
  reload(): Promise<void>;
  /** Starts again on the same port. */
  restart(): Promise<void>;
}

/** Starts nginx on a free port of 127.0.0.1. All that it writes lies in its folder, and its errors in `logs/<home>.log`. */
export async function startNginx(options: NginxOptions): Promise<NginxBackend> {
  const { folder, env = process.env, progress, home: name = 'nginx' } = options;
  const command = await resolveProgram(nginxServer, { env, progress });
  const [port = 0] = await freePorts(1);
  const home = join(folder, name);
  const pidFile = join(home, 'nginx.pid');
  await mkdir(join(home, 'temporary'), { recursive: true, mode: 0o700 });
  await writeFile(join(home, 'nginx.conf'), await configuration(options, home, port), { mode: 0o600 });
  // Without -e it would first try to write where its builder thought that logs belong.
  const args = ['-e', 'stderr', '-p', home, '-c', join(home, 'nginx.conf')];
  const server = new BackendProcess({ name, command, args, folder, ready: () => shakesHands(port) });
  await server.start();
  return {
    host: '127.0.0.1',
    port,
    pidFile,
    get pid() {
      return server.pid;
    },
    reload: async () => void process.kill(Number(await readFile(pidFile, 'utf8')), 'SIGHUP'),
    stop: () => server.stop(),
    restart: () => server.restart(),
  };
}

/** The port is open before the workers are there, and a reload in between could get lost. */
async function shakesHands(port: number): Promise<void> {
  const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false });
  try {
    await once(socket, 'secureConnect', { signal: AbortSignal.timeout(2_000) });
  } finally {
    socket.destroy();
  }
}

async function configuration({ servers, workers = 2 }: NginxOptions, home: string, port: number): Promise<string> {
  // Only a master that runs as root may choose; its workers need nothing but what it has opened.
  const { user, group } = (await unprivilegedName()) ?? {};
  const kinds = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return `daemon off;
${user === undefined ? '' : `user ${user} ${group};`}
worker_processes ${workers};
pid ${quoted(join(home, 'nginx.pid'))};
lock_file ${quoted(join(home, 'nginx.lock'))};
error_log stderr notice;
events { worker_connections 128; }
http {
access_log off;
${kinds.map((kind) => `${kind}_temp_path ${quoted(join(home, 'temporary', kind))};`).join('\n')}
${servers.map((each) => serverBlock(each, port)).join('\n')}
}
`;
}

function serverBlock({ serverName, pemFile }: NginxServer, port: number): string {
  const file = quoted(pemFile);
  const tls = `ssl_certificate ${file}; ssl_certificate_key ${file};`;
  return `server { listen 127.0.0.1:${port} ssl; server_name ${quoted(serverName)}; ${tls} return 204; }`;
}

/** In quotes a dollar would still begin a variable. */
function quoted(text: string): string {
  if (/^[^"\\$\p{Cc}]+$/u.test(text)) return `"${text}"`;
  throw new KeyturnError(
    'invalid_request',
    'nginx takes no name with quotes, backslashes, dollars or control characters',
  );
}

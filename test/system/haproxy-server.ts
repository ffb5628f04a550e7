import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { BackendProcess } from '../../src/dev/backends/backend-process.ts';
import { freePorts } from '../../src/dev/backends/free-ports.ts';
import { findOnPath } from '../../src/dev/backends/path-lookup.ts';
import type { StartServer } from './reissue-site.ts';

/** The HAProxy of this machine, if it has one: there is no package of it that every machine could fetch. */
export const haproxy = findOnPath('haproxy', process.env)[0];

/** HAProxy with a master, who starts new workers when it gets SIGUSR2. https://docs.haproxy.org/dev/management.html#4 */
export const startHaproxy: StartServer = async ({ folder, home: name, pemFile }) => {
  const home = join(folder, name);
  const pidFile = join(home, 'haproxy.pid');
  const [port = 0] = await freePorts(1);
  await mkdir(home, { recursive: true, mode: 0o700 });
  await writeFile(join(home, 'haproxy.cfg'), configuration(port, pemFile));
  const ready = async () => {
    const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false });
    await once(socket, 'secureConnect', { signal: AbortSignal.timeout(2_000) }).finally(() => socket.destroy());
  };
  const args = ['-W', '-f', join(home, 'haproxy.cfg'), '-p', pidFile];
  const server = new BackendProcess({ name, command: haproxy ?? 'haproxy', args, folder, ready });
  await server.start();
  return {
    host: '127.0.0.1',
    port,
    pidFile,
    signal: 'SIGUSR2',
    reload: async () => void process.kill(Number(await readFile(pidFile, 'utf8')), 'SIGUSR2'),
    stop: () => server.stop(),
  };
};

function configuration(port: number, pemFile: string): string {
  return `defaults
  mode http
  timeout connect 5s
  timeout client 5s
  timeout server 5s
frontend tls
  bind 127.0.0.1:${port} ssl crt "${pemFile}"
  http-request return status 204
`;
}

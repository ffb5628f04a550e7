import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readdir, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startNginx } from '../../src/dev/backends/nginx.ts';
import { call, refuses } from '../conformance/credentials/stage.ts';
import { issue, leafOf, startServed, workersOf, world } from './nginx-fixture.ts';

let served: Awaited<ReturnType<typeof startServed>>;
beforeEach(async () => (served = await startServed()));
afterEach(async () => served.close());

test('each name is served on TLS with the file of its own', async () => {
  const [one, two] = [await issue(), await issue()];
  await writeFile(join(served.root, 'app/orders.pem'), one.reveal());
  await writeFile(join(served.root, 'app/bystander.pem'), two.reveal());
  await served.nginx.restart();
  const port = served.portWith();
  const is = async (target: string, secret = one) => (await port.verify(target, world.fingerprint(secret), call())).is;
  assert.deepEqual([await is('app/orders.pem'), await is('app/bystander.pem', two)], ['yes', 'yes']);
});

test('what nginx takes for the file it knows, since inode and second are the same, is seen not to be served', async () => {
  const path = join(served.root, 'app/orders.pem');
  const fresh = await issue();
  const { mtime } = await stat(path);
  await writeFile(path, fresh.reveal());
  await utimes(path, mtime, mtime);
  await served.nginx.reload();
  await sleep(500);
  const verdict = await served.portWith().verify('app/orders.pem', world.fingerprint(fresh), call());
  // An older one reads it anew.
  const isRead = (await served.leafAt('app/orders.pem')) === leafOf(fresh);
  assert.equal(verdict.is, isRead ? 'yes' : 'no', verdict.because);
});

test('all that nginx writes lies in its folder', async () => {
  assert.deepEqual((await readdir(served.folder)).toSorted(), ['logs', 'nginx', 'tls']);
  const own = await readdir(join(served.folder, 'nginx'));
  assert.deepEqual(own.toSorted(), ['nginx.conf', 'nginx.pid', 'temporary']);
  assert.equal((await stat(join(served.folder, 'nginx'))).mode & 0o077, 0);
});

test('a name or path that would mean something in its configuration is refused', async () => {
  for (const text of ['a"; } evil {', '$host', 'two\nlines', 'back\\slash']) {
    for (const server of [
      { serverName: text, pemFile: '/x.pem' },
      { serverName: 'x', pemFile: `/${text}` },
    ]) {
      await refuses(['invalid_request'], () => startNginx({ folder: served.folder, servers: [server], home: 'evil' }));
    }
  }
});

test('SIGKILL to the process that started it ends nginx and its workers', async () => {
  const module = JSON.stringify(new URL('../../src/dev/backends/nginx.ts', import.meta.url).href);
  const options = JSON.stringify({ folder: served.folder, servers: served.servers, home: 'other' });
  const starter = `
    import { startNginx } from ${module};
    console.log((await startNginx(${options})).pid);
    setInterval(() => {}, 1000);
  `;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', starter], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const pids = [Number(line), ...workersOf(Number(line))];
  assert.equal(pids.length, 3);
  child.kill('SIGKILL');
  for (let tries = 0; tries < 100 && pids.some(isAlive); tries += 1) await sleep(100);
  assert.deepEqual(pids.filter(isAlive), []);
  assert.ok(!existsSync(join(served.folder, 'other', 'nginx.pid')));
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

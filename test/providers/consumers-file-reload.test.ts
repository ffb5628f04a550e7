import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { provider } from '../../src/providers/consumers/file.ts';
import { call, refuses } from '../conformance/credentials/stage.ts';
import { worldOf } from '../fakes/world.ts';

let root: string;
let child: ChildProcess | undefined;
beforeEach(async () => (root = await mkdtemp(join(tmpdir(), 'keyturn-reload-'))));
afterEach(async () => {
  child?.kill('SIGKILL');
  await rm(root, { recursive: true });
});
const portWith = (reload?: object) =>
  provider.create(provider.config.parse({ root, ...(reload && { reload }) }), worldOf('file'));
const apply = async (reload: object) => portWith(reload).apply?.('a', call());

test('without one, apply is absent', () => {
  assert.ok(!('apply' in portWith()));
});

test('the process that the pid file names gets the signal, each time', async () => {
  const log = join(root, 'log');
  child = spawn('sh', ['-c', `trap 'echo hup >> "$1"' HUP; echo up >> "$1"; while :; do sleep 0.05; done`, 'sh', log]);
  await until(async () => (await read(log)) === 'up\n');
  const reload = { signal: 'SIGHUP', pidFile: join(root, 'pid') };
  await writeFile(reload.pidFile, `${child.pid}\n`);
  assert.equal((await portWith(reload).preflight?.('a', call()))?.is, 'yes');
  await apply(reload);
  await until(async () => (await read(log)) === 'up\nhup\n');
  await apply(reload);
  await until(async () => (await read(log)) === 'up\nhup\nhup\n');
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
  await refuses(['unavailable'], () => apply(reload));
  assert.equal((await portWith(reload).preflight?.('a', call()))?.is, 'unknown');
});

test('a pid file that names no process, this worker’s group or the first process is refused', async () => {
  const pidFile = join(root, 'pid');
  await refuses(['unavailable'], () => apply({ signal: 'SIGUSR1', pidFile }));
  for (const text of ['', '0', '1', '-1', '12 34', '1e3', 'x', '99999999999']) {
    await writeFile(pidFile, text);
    // Asked by preflight, which sends no signal: were one of these taken, a signal would hit this very run.
    assert.equal((await portWith({ signal: 'SIGUSR1', pidFile }).preflight?.('a', call()))?.is, 'unknown', text);
  }
});

test('a command runs without a shell and with an empty environment', async () => {
  const out = join(root, 'out');
  const script = 'require("fs").writeFileSync(process.argv[1], JSON.stringify([process.argv.slice(2), process.env]))';
  await apply({ command: [process.execPath, '-e', script, out, '$(id); "x"', 'two words'] });
  assert.deepEqual(JSON.parse(await read(out)), [['$(id); "x"', 'two words'], {}]);
});

test('a command that fails, hangs or is stopped leaves the outcome unknown, and one that is absent is a wrong request', async () => {
  await refuses(['outcome_unknown'], () => apply({ command: [process.execPath, '-e', 'process.exit(3)'] }));
  const hanging = { command: [process.execPath, '-e', 'setInterval(() => {}, 1000)'], timeoutMs: 300 };
  await refuses(['outcome_unknown'], () => apply(hanging));
  const started = Date.now();
  const soon = { ...call(), signal: AbortSignal.timeout(200) };
  const patient = portWith({ ...hanging, timeoutMs: 60_000 });
  await refuses(['outcome_unknown'], async () => patient.apply?.('a', soon));
  assert.ok(Date.now() - started < 5_000);
  await refuses(['invalid_request'], () => apply({ command: [join(root, 'absent')] }));
  assert.equal((await portWith({ command: [join(root, 'absent')] }).preflight?.('a', call()))?.is, 'no');
});

test('relative programs, unknown signals and empty commands are no configuration', () => {
  for (const reload of [
    { command: ['sh'] },
    { command: [] },
    { command: '/bin/true' },
    { command: ['/bin/true', 'nul\0'] },
    { signal: 'SIGKILL', pidFile: '/run/x.pid' },
    { signal: 'SIGHUP', pidFile: 'x.pid' },
    { signal: 'SIGHUP' },
    {},
  ]) {
    assert.ok(!provider.config.safeParse({ root, reload }).success, JSON.stringify(reload));
  }
});

async function read(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (let round = 0; round < 100; round += 1) {
    if (await isSo()) return;
    await sleep(50);
  }
  assert.fail('it did not come to pass within five seconds');
}

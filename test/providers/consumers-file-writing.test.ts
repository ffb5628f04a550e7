import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { promisify } from 'node:util';
import type { MovedByMachine } from '../../src/contract/consumers.ts';
import { Secret } from '../../src/contract/secret.ts';
import { provider } from '../../src/providers/consumers/file.ts';
import { call, refuses } from '../conformance/credentials/stage.ts';
import { worldOf } from '../fakes/world.ts';

const world = worldOf('file');

function credentialOf(text: string) {
  const secret = new Secret(text);
  return { ref: { connection: 'db', account: 'a', id: 'id-1' }, secret, fingerprint: world.fingerprint(secret) };
}

let root: string;
beforeEach(async () => (root = await mkdtemp(join(tmpdir(), 'keyturn-file-'))));
afterEach(async () => rm(root, { recursive: true }));
const portWith = (settings: object): MovedByMachine =>
  provider.create(provider.config.parse({ root: join(root, 'in'), ...settings }), world);
const inside = (name: string) => join(root, 'in', name);
beforeEach(async () => mkdir(inside('')));

test('a file has the configured mode and nobody else can read it, also while it is written', async () => {
  await portWith({}).deliver('a', credentialOf('one'), call());
  await portWith({ mode: '0640' }).deliver('b', credentialOf('one'), call());
  assert.equal((await stat(inside('a'))).mode & 0o777, 0o600);
  assert.equal((await stat(inside('b'))).mode & 0o777, 0o640);
  await chmod(inside('a'), 0o644);
  await portWith({}).deliver('a', credentialOf('one'), call());
  assert.equal((await stat(inside('a'))).mode & 0o777, 0o600);
  for (const mode of ['0644', '0666', '600x', '8', 384]) assert.ok(!provider.config.safeParse({ root, mode }).success);
});

test('the owner is the configured one', async () => {
  // Only root can give files away; anybody can keep them.
  const owner =
    process.getuid?.() === 0 ? { uid: 1234, gid: 2345 } : { uid: process.getuid?.(), gid: process.getgid?.() };
  await portWith({ owner }).deliver('a', credentialOf('one'), call());
  const { uid, gid } = await stat(inside('a'));
  assert.deepEqual({ uid, gid }, owner);
});

test('a reader sees the old file or the new one, never a part', async () => {
  const port = portWith({});
  const [old, fresh] = ['a'.repeat(500_000), 'b'.repeat(500_000)].map(credentialOf);
  assert.ok(old && fresh);
  await port.deliver('a', old, call());
  const seen = new Set<string>();
  const done = new AbortController();
  const reading = (async () => {
    while (!done.signal.aborted) {
      const text = await readFile(inside('a'), 'utf8');
      seen.add(`${text.length} of ${text[0] ?? ''}${text.at(-1) ?? ''}`);
    }
  })();
  for (let round = 0; round < 10; round += 1) await port.deliver('a', round % 2 ? old : fresh, call());
  done.abort();
  await reading;
  assert.deepEqual(
    [...seen].filter((each) => !['500000 of aa', '500000 of bb'].includes(each)),
    [],
  );
});

test('F6: each new content has a later second than the last one, by which nginx tells whether to read a file again', async () => {
  const seconds: number[] = [];
  for (const text of ['one', 'two', 'three', 'three', 'one']) {
    await portWith({}).deliver('a', credentialOf(text), call());
    seconds.push(Math.floor((await stat(inside('a'))).mtimeMs / 1_000));
  }
  const [one = 0, two = 0, three = 0, again, last = 0] = seconds;
  assert.ok(one < two && two < three && three < last, seconds.join());
  assert.equal(again, three);
});

test('what a killed attempt left beside the file is removed, and nothing else', async () => {
  const port = portWith({});
  await port.deliver('a', credentialOf('one'), call());
  const leftover = (await temporaryName(port)).replace(/-[^-]+$/, '-killed');
  await writeFile(inside(leftover), 'half of a sec');
  await writeFile(inside('.keyturn-other'), 'not ours');
  await port.deliver('a', credentialOf('two'), call());
  assert.deepEqual((await readdir(inside(''))).toSorted(), ['.keyturn-other', 'a']);
});

test('a target never leaves the root: no symbolic link is followed, and no folder is made', async () => {
  const port = portWith({});
  await mkdir(join(root, 'out'));
  await writeFile(join(root, 'out', 'x'), 'precious');
  await mkdir(inside('folder'));
  await symlink(join(root, 'out'), inside('link'));
  await symlink(join(root, 'out', 'x'), inside('file-link'));
  for (const target of ['link/x', 'file-link', 'folder', 'link', '', '../out/x', 'folder/../../out/x']) {
    await refuses(['invalid_request'], () => port.deliver(target, credentialOf('one'), call()));
    await refuses(['invalid_request'], () => port.verify(target, credentialOf('precious').fingerprint, call()));
  }
  await refuses(['not_found'], () => port.deliver('absent/x', credentialOf('one'), call()));
  assert.equal(await readFile(join(root, 'out', 'x'), 'utf8'), 'precious');
  assert.deepEqual(await readdir(join(root, 'out')), ['x']);
});

test('a pipe, a device or a huge file in the place of the file does not hold or fill the worker', async () => {
  const port = portWith({});
  await promisify(execFile)('mkfifo', [inside('pipe')]);
  await writeFile(inside('huge'), 'x'.repeat(2 * 1024 * 1024));
  for (const target of ['pipe', 'huge']) {
    await refuses(['invalid_request'], () => port.verify(target, credentialOf('one').fingerprint, call()));
  }
});

test('other fields of a file stay, and what is no JSON object is not overwritten', async () => {
  const json = portWith({ format: 'json' });
  await writeFile(inside('a'), '{"host":"db.example","password":"old"}');
  await json.deliver('a', credentialOf('new'), call());
  const { fingerprint } = credentialOf('new');
  const values = { host: 'db.example', password: 'new', username: 'id-1', fingerprint };
  assert.deepEqual(JSON.parse(await readFile(inside('a'), 'utf8')), values);
  await writeFile(inside('b'), 'not json');
  await refuses(['invalid_request'], () => json.deliver('b', credentialOf('new'), call()));
  assert.equal((await json.verify('b', fingerprint, call())).is, 'no');
  const env = portWith({ format: 'env', secretField: 'PASS' });
  await writeFile(inside('c'), '# the database\nHOST=db.example\nexport PASS="old"\n');
  assert.equal((await env.verify('c', credentialOf('old').fingerprint, call())).is, 'yes');
  await env.deliver('c', credentialOf('n w$'), call());
  const lines = ['# the database', 'HOST=db.example', 'username=id-1', "PASS='n w$'"];
  assert.equal(
    await readFile(inside('c'), 'utf8'),
    [...lines, `fingerprint=${world.fingerprint(new Secret('n w$'))}`, ''].join('\n'),
  );
});

test('fields that would overwrite each other are no configuration', () => {
  for (const more of [{ secretField: 'username' }, { fingerprintField: 'password' }, { secretField: 'a-b' }]) {
    assert.ok(!provider.config.safeParse({ root, format: 'json', ...more }).success);
  }
});

test('a secret that somebody wrote with a newline at its end is recognised', async () => {
  await writeFile(inside('a'), 'one\n');
  assert.equal((await portWith({}).verify('a', credentialOf('one').fingerprint, call())).is, 'yes');
});

test('a shell reads from an env file what was delivered', async () => {
  const port = portWith({ format: 'env' });
  const text = 'a"b\\c$HOME`id` #;&|<>*?~é';
  await port.deliver('a', credentialOf(text), call());
  const { stdout } = await promisify(execFile)('sh', ['-c', `. "$1"; printf %s "$password"`, 'sh', inside('a')]);
  assert.equal(stdout, text);
});

/** How the port calls what it has not finished, seen while it writes something large. */
async function temporaryName(port: MovedByMachine): Promise<string> {
  const delivering = port.deliver('a', credentialOf('x'.repeat(900_000)), call());
  const seen: string[] = [];
  while (seen.length === 0) {
    seen.push(...(await readdir(inside(''))).filter((name) => name.startsWith('.keyturn-')));
  }
  await delivering;
  return seen[0] ?? '';
}

import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { acmeChallenge, canShow, show, withdraw } from '../../src/providers/acme-challenge.ts';
import { call, refuses, stopped } from '../conformance/credentials/stage.ts';

const folder = await mkdtemp(join(tmpdir(), 'keyturn-acme-'));
after(() => rm(folder, { recursive: true }));

const overHttp = acmeChallenge.parse({ type: 'http-01', folder });
const commanded = (...command: string[]) => acmeChallenge.parse({ type: 'dns-01', command });
const shown = { name: '*.example.com', token: 'a_Token-1', keyAuthorization: 'a_Token-1.thumb' };

test('http-01: the answer lies under its token, and is taken away again, more than once', async () => {
  await show(overHttp, shown, call());
  await show(overHttp, shown, call());
  assert.equal(await readFile(join(folder, 'a_Token-1'), 'utf8'), 'a_Token-1.thumb');
  await withdraw(overHttp, shown, call());
  await withdraw(overHttp, shown, call());
  assert.deepEqual(await readdir(folder), []);
});

test('a token that leads elsewhere is written nowhere', async () => {
  for (const token of ['', '.', '..', '../x', 'a/b', 'a\0b', 'x'.repeat(300)]) {
    await refuses(['unavailable'], () => show(overHttp, { ...shown, token }, call()));
  }
  assert.deepEqual(await readdir(folder), []);
});

test('dns-01: the command gets add or remove, the record and the digest of the answer, and an empty environment', async () => {
  const script = `require('node:fs').writeFileSync(process.argv[1], JSON.stringify([process.argv.slice(2), process.env]))`;
  const told = join(folder, 'told');
  const how = commanded(process.execPath, '-e', script, told);
  const value = 'LcaBdq8YpOPqVUKgRfRdkpZ0cFPu_xxAIsSdDVSSIfo';
  for (const [what, act] of [
    ['add', show],
    ['remove', withdraw],
  ] as const) {
    await act(how, shown, call());
    const [args, env] = JSON.parse(await readFile(told, 'utf8'));
    assert.deepEqual(args.slice(0, 2), [what, '_acme-challenge.example.com']);
    assert.match(args[2], /^[\w-]{43}$/);
    assert.equal(args[2].length, value.length);
    assert.deepEqual(env, {});
  }
});

test('a command that fails, is not there or was told to stop leaves the challenge unanswered, and may be run again', async () => {
  for (const how of [commanded(process.execPath, '-e', 'process.exit(3)'), commanded('/nowhere/at/all')]) {
    await refuses(['unavailable'], () => show(how, shown, call()));
  }
  await refuses(['unavailable'], () => show(commanded(process.execPath, '-e', '0'), shown, stopped()));
});

test('F2: what can not be proven this way is told before anything is ordered', async () => {
  const dns = commanded(process.execPath);
  const said = async (...args: Parameters<typeof canShow>) => (await canShow(...args))[0];
  assert.equal(await said(overHttp, ['a.example.com', '127.0.0.1']), 'yes');
  assert.equal(await said(overHttp, ['*.example.com']), 'no');
  assert.equal(await said(dns, ['*.example.com']), 'yes');
  assert.equal(await said(dns, ['127.0.0.1']), 'no');
  assert.equal(await said(commanded('/nowhere/at/all'), ['a.example.com']), 'no');
  assert.equal(
    await said(acmeChallenge.parse({ type: 'http-01', folder: '/nowhere/at/all' }), ['a.example.com']),
    'no',
  );
});

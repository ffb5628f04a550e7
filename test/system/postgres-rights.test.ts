import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chown, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Secret } from '../../src/contract/secret.ts';
import type { Verdict } from '../../src/contract/verdict.ts';
import { provider } from '../../src/providers/credentials/postgres-role.ts';
import type { PostgresConnection } from '../../src/providers/postgres-connection.ts';
import { call, refuses } from '../conformance/credentials/stage.ts';
import { openPostgresGround, world, type PostgresGround } from './postgres-ground.ts';

let ground: PostgresGround;
before(async () => (ground = await openPostgresGround()));
after(async () => ground.stop());

const shortfalls: Readonly<Record<string, string>> = {
  'lacks CREATEROLE': 'alter role keyturn_admin nocreaterole',
  'lacks ADMIN OPTION on': 'revoke ACCOUNT_b from keyturn_admin',
  'may not end sessions of': 'revoke pg_signal_backend from keyturn_admin',
  'whom only a superuser may alter': 'alter role ACCOUNT_b superuser',
  'has no role': 'drop role ACCOUNT_b',
};

for (const [words, statement] of Object.entries(shortfalls)) {
  test(`F2: preflight says no and names what is missing: ${words}`, async () => {
    const account = await ground.account(['_a', '_b']);
    const { preflight } = provider.create(ground.admin, world);
    assert.equal((await preflight?.(account, call()))?.is, 'yes');
    await ground.sql(statement.replace('ACCOUNT', account));
    const verdict = await preflight?.(account, call());
    await ground.sql('alter role keyturn_admin createrole');
    await ground.sql('grant pg_signal_backend to keyturn_admin');
    assert.equal(verdict?.is, 'no');
    assert.ok(verdict.because.includes(words), verdict.because);
  });
}

test('a connection whose own password is wrong is denied, and its verdicts are unknown', async () => {
  const account = await ground.account(['_a', '_b']);
  const port = provider.create({ ...ground.admin, password: new Secret('wrong') }, world);
  await refuses(['denied'], () => port.list(account, call()));
  assert.equal((await port.preflight?.(account, call()))?.is, 'unknown');
  const ref = { connection: 'main-database', account, id: `${account}_a` };
  assert.equal((await port.verify(ref, new Secret('x'), call())).is, 'unknown');
});

test('F25: host rules that reject the role before its secret is asked for are unknown, not no', async () => {
  await withHostRule('reject', (is, mintError) => {
    assert.equal(is, 'unknown');
    assert.equal(mintError, 'unavailable');
  });
});

test('F25: a secret that was never asked for is not found, even where the role is barred as well', async () => {
  await withHostRule('reject', (is, mintError) => assert.equal(mintError, 'unavailable', is), 'nologin');
});

test('F25: a server that trusts everybody proves nothing, and is never taken for a yes', async () => {
  await withHostRule('trust', (is, mintError) => {
    assert.equal(is, 'unknown');
    assert.equal(mintError, 'unavailable');
  });
});

test('a server that wants the password in clear does not get it over a channel that is not verified', async () => {
  await withHostRule('password', (is) => assert.equal(is, 'unknown'));
});

test('verify-full takes the server that its certificate names, and no other; require takes any', async () => {
  const account = await ground.account(['_a', '_b']);
  const ca = await serveTls();
  const verdict = async (changed: Partial<PostgresConnection>) =>
    (await provider.create({ ...ground.admin, ...changed }, world).preflight?.(account, call()))?.is;
  assert.equal(await verdict({ tls: 'verify-full', ca }), 'yes');
  assert.equal(await verdict({ tls: 'verify-full' }), 'unknown');
  assert.equal(await verdict({ tls: 'verify-full', ca, host: 'localhost' }), 'unknown');
  assert.equal(await verdict({ tls: 'require' }), 'yes');
});

/** Makes a live credential, then adds a rule for its role in front of all others. */
async function withHostRule(
  method: string,
  judge: (is: Verdict['is'], mintError: string | undefined) => void,
  attribute: 'login' | 'nologin' = 'login',
): Promise<void> {
  const account = await ground.account(['_a', '_b']);
  const { mint, verify } = provider.create(ground.admin, world);
  assert.ok(mint.at === 'home');
  const secret = mint.draw();
  const ref = await mint.install(account, secret, undefined, call());
  await ground.sql(`alter role ${ref.id} ${attribute}`);
  const [{ path } = { path: '' }] = await ground.sql<{ path: string }>("select current_setting('hba_file') as path");
  const rules = await readFile(path, 'utf8');
  await writeFile(path, `host all ${ref.id} 127.0.0.1/32 ${method}\n${rules}`);
  await ground.sql('select pg_reload_conf()');
  await sleep(200);
  try {
    const verdict = await verify(ref, secret, call());
    const code = await mint.find(account, secret, call()).then(
      () => undefined,
      (error: { code: string }) => error.code,
    );
    judge(verdict.is, code);
  } finally {
    await writeFile(path, rules);
    await ground.sql('select pg_reload_conf()');
  }
}

/** Gives the server a certificate for 127.0.0.1 and returns it. */
async function serveTls(): Promise<string> {
  const [{ path } = { path: '' }] = await ground.sql<{ path: string }>(
    "select current_setting('data_directory') as path",
  );
  const [key, certificate] = [join(path, 'server.key'), join(path, 'server.crt')];
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  const names = ['-subj', '/CN=test', '-addext', 'subjectAltName=IP:127.0.0.1'];
  await promisify(execFile)('openssl', ['req', ...kind, ...names, '-keyout', key, '-out', certificate]);
  const { uid, gid } = await stat(path);
  await Promise.all([key, certificate].map((file) => chown(file, uid, gid)));
  await ground.sql('alter system set ssl = on');
  await ground.sql('select pg_reload_conf()');
  await sleep(200);
  return readFile(certificate, 'utf8');
}

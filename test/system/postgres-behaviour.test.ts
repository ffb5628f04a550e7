import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CredentialPort, MintedHere } from '../../src/contract/credentials.ts';
import { Secret } from '../../src/contract/secret.ts';
import { provider as passwordProvider } from '../../src/providers/credentials/postgres-password.ts';
import { provider as roleProvider } from '../../src/providers/credentials/postgres-role.ts';
import { disguises } from '../conformance/witness.ts';
import { startHostileProxy } from '../fakes/hostile-proxy.ts';
import { openDatabaseSession, openPostgresGround, world, type PostgresGround } from './postgres-ground.ts';
import { call, refuses } from '../conformance/credentials/stage.ts';

let ground: PostgresGround;
let port: CredentialPort;
let mint: MintedHere;
before(async () => {
  ground = await openPostgresGround();
  port = roleProvider.create(ground.admin, world);
  mint = home(port);
});
after(async () => ground.stop());

test('F23: a server that logs every statement sees a verifier, never the secret', async () => {
  await ground.sql("alter system set log_statement = 'all'");
  await ground.sql('select pg_reload_conf()');
  const account = await ground.account(['_a', '_b']);
  const secret = mint.draw();
  const ref = await mint.install(account, secret, undefined, call());
  await port.revoke(ref, call());
  await ground.sql('alter system reset log_statement');
  await ground.sql('select pg_reload_conf()');
  await sleep(100);
  const log = await readFile(join(ground.folder, 'logs', 'postgres.log'), 'utf8');
  assert.match(log, new RegExp(`ALTER ROLE "${ref.id}" LOGIN PASSWORD 'SCRAM-SHA-256\\$4096:`));
  assert.deepEqual(
    disguises(secret.reveal()).filter((form) => log.includes(form)),
    [],
  );
});

test('the two roles of an account take turns, and the free one is never guessed', async () => {
  const account = await ground.account(['_a', '_b']);
  let current = await mint.install(account, mint.draw(), undefined, call());
  for (const expected of ['_b', '_a', '_b']) {
    const next = await mint.install(account, mint.draw(), current, call());
    assert.deepEqual(next, { connection: 'main-database', account, id: `${account}${expected}` });
    await port.revoke(current, call());
    current = next;
  }
});

test('F10: a role that somebody else lets log in is never overwritten', async () => {
  const account = await ground.account(['_a', '_b']);
  const current = await mint.install(account, mint.draw(), undefined, call());
  const theirs = new Secret('somebody-elses-password');
  await ground.sql(`alter role ${account}_b login password '${theirs.reveal()}' valid until 'infinity'`);
  await refuses(['limit_reached'], () => mint.install(account, mint.draw(), current, call()));
  assert.equal((await port.verify({ ...current, id: `${account}_b` }, theirs, call())).is, 'yes');
});

test('F9, I7: a change whose answer is lost is outcome_unknown, was done, and find shows it', async (t) => {
  const account = await ground.account(['_a', '_b']);
  const proxy = await startHostileProxy(ground.admin);
  t.after(() => proxy.close());
  const unlucky = home(roleProvider.create({ ...ground.admin, port: proxy.port }, world));
  const secret = mint.draw();
  await proxy.meet({ kind: 'lose-reply', when: 'ALTER ROLE' });
  await refuses(['outcome_unknown'], () => unlucky.install(account, secret, undefined, call()));
  assert.equal((await mint.find(account, secret, call()))?.id, `${account}_a`);
});

test('a statement that PostgreSQL does not finish in time is given up, and nothing was done', async (t) => {
  const account = await ground.account(['_a', '_b']);
  const impatient = home(roleProvider.create({ ...ground.admin, timeoutMs: 200 }, world));
  await ground.sql('begin');
  t.after(() => ground.sql('rollback'));
  await ground.sql(`alter role ${account}_a connection limit 5`);
  const install = impatient.install(account, mint.draw(), undefined, call());
  await refuses(['unavailable'], () => install);
  await ground.sql('rollback');
  assert.deepEqual(await port.list(account, call()), []);
});

test('F15: endSessions waits for a session that was told to end and has not yet', async (t) => {
  const account = await ground.account(['_a', '_b']);
  const secret = mint.draw();
  const ref = await mint.install(account, secret, undefined, call());
  const session = await openDatabaseSession(ground.admin, ref.id, secret);
  t.after(() => session.close());
  const [{ pid } = { pid: 0 }] = await ground.sql<{ pid: number }>(
    `select pid from pg_stat_activity where usename = '${ref.id}'`,
  );
  process.kill(pid, 'SIGSTOP');
  const ending = port.endSessions?.(ref, call()).then(() => 'ended');
  const early = await Promise.race([ending, sleep(500).then(() => 'still waiting')]);
  process.kill(pid, 'SIGCONT');
  assert.equal(early, 'still waiting');
  assert.equal(await ending, 'ended');
  assert.equal(await session.isAlive(), false);
});

test('a role whose sessions start as another role still is the one that logged in', async () => {
  const account = await ground.account(['_a', '_b']);
  await ground.sql(`create role ${account}_owner nologin`);
  await ground.sql(`grant ${account}_owner to ${account}_a`);
  await ground.sql(`alter role ${account}_a set role = '${account}_owner'`);
  const secret = mint.draw();
  const ref = await mint.install(account, secret, undefined, call());
  assert.equal((await port.verify(ref, secret, call())).is, 'yes');
});

test('F25: a role that was dropped is unknown to verify, since a server that never knew it would say the same', async () => {
  const account = await ground.account(['_a', '_b']);
  const secret = mint.draw();
  const ref = await mint.install(account, secret, undefined, call());
  await ground.sql(`drop role ${ref.id}`);
  assert.equal((await port.verify(ref, secret, call())).is, 'unknown');
  await port.revoke(ref, call());
  await port.suspension?.disable(ref, call());
  await refuses(['not_found'], async () => port.suspension?.enable(ref, call()));
  await refuses(['not_found'], () => mint.install(account, mint.draw(), undefined, call()));
});

test('a reference to a role that is not of its account, or an account that is the connection itself, is refused', async () => {
  const account = await ground.account(['_a', '_b']);
  const stranger = { connection: 'main-database', account, id: 'postgres' };
  await refuses(['invalid_request'], () => port.revoke(stranger, call()));
  await refuses(['invalid_request'], () => port.verify(stranger, new Secret('x'), call()));
  await refuses(['invalid_request'], async () => port.endSessions?.(stranger, call()));
  const inPlace = passwordProvider.create(ground.admin, world);
  await refuses(['invalid_request'], () => inPlace.revoke({ ...stranger, account: 'keyturn_admin' }, call()));
  await refuses(['invalid_request'], () => home(inPlace).install('keyturn_admin', mint.draw(), undefined, call()));
});

test('a secret outside ASCII is refused before anything is sent', async () => {
  const account = await ground.account(['_a', '_b']);
  await refuses(['invalid_request'], () => mint.install(account, new Secret('pässword'), undefined, call()));
  assert.deepEqual(await port.list(account, call()), []);
});

test('revoking the role of an in-place password locks it, and a new secret opens it again', async () => {
  const inPlace = passwordProvider.create(ground.admin, world);
  const account = await ground.account(['']);
  const old = home(inPlace).draw();
  const ref = await home(inPlace).install(account, old, undefined, call());
  await inPlace.revoke(ref, call());
  assert.equal((await inPlace.verify(ref, old, call())).is, 'no');
  const fresh = home(inPlace).draw();
  assert.deepEqual(await home(inPlace).install(account, fresh, ref, call()), ref);
  assert.equal((await inPlace.verify(ref, fresh, call())).is, 'yes');
});

function home(port: CredentialPort): MintedHere {
  assert.ok(port.mint.at === 'home');
  return port.mint;
}

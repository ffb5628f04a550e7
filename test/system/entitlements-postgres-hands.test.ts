import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { call, refuses } from '../conformance/credentials/stage.ts';
import { openGrantsGround, type GrantsGround } from './grants-ground.ts';

let ground: GrantsGround;
before(async () => (ground = await openGrantsGround()));
after(async () => ground.stop());

test('one privilege from two hands is one entitlement, and goes from both', async () => {
  const role = await ground.role();
  await ground.sql(`grant select on ${role}_t to bob with grant option`);
  await ground.sql(
    `grant select on ${role}_t to ${role}; set role bob; grant select on ${role}_t to ${role}; reset role`,
  );
  const [held, ...others] = await ground.port.list(role, call());
  assert.deepEqual(others, []);
  assert.match(held?.what ?? '', /granted by bob.*granted by owner/);
  await ground.port.remove(role, held?.id ?? '', call());
  assert.deepEqual(await ground.ids(role), []);
  assert.match((await ground.acl(`${role}_t`)) ?? '', /bob=r\*\/owner/);
});

test('what others hold because of the account stays theirs: conflict, and nothing is changed', async () => {
  const role = await ground.role();
  await ground.sql(`grant select on ${role}_t to ${role} with grant option`);
  await ground.sql(`set role ${role}; grant select on ${role}_t to carol; reset role`);
  const id = `${role} SELECT on table public.${role}_t`;
  assert.match((await ground.of(role, id))?.byHand ?? '', /take it from them first/);
  const was = await ground.acl(`${role}_t`);
  await refuses(['conflict'], () => ground.port.remove(role, id, call()));
  assert.equal(await ground.acl(`${role}_t`), was);
  await ground.sql(`set role ${role}; revoke select on ${role}_t from carol; reset role`);
  await ground.port.remove(role, id, call());
  assert.deepEqual(await ground.ids(role), []);
});

test('what hangs on a privilege in a way that list does not see is conflict too: PostgreSQL is never told to cascade', async () => {
  const role = await ground.role();
  await ground.sql(`grant select on ${role}_t to ${role}; grant select (a) on ${role}_t to ${role} with grant option`);
  await ground.sql(`set role ${role}; grant select (a) on ${role}_t to carol; reset role`);
  await refuses(['conflict'], () => ground.port.remove(role, `${role} SELECT on table public.${role}_t`, call()));
  assert.equal((await ground.ids(role)).length, 2);
});

test('a membership that the account has passed on is conflict, and one with ADMIN OPTION goes whole', async () => {
  const role = await ground.role();
  await ground.sql(`create role "${role} Team"; grant "${role} Team" to ${role} with admin option`);
  await ground.sql(`grant "${role} Team" to carol granted by ${role}`);
  const id = `${role} member of "${role} Team"`;
  const held = await ground.of(role, id);
  assert.match(held?.what ?? '', /may make others members/);
  assert.match(held?.byHand ?? '', /take it from them first/);
  await refuses(['conflict'], () => ground.port.remove(role, id, call()));
  await ground.sql(`revoke "${role} Team" from carol granted by ${role}`);
  await ground.port.remove(role, id, call());
  assert.deepEqual(await ground.ids(role), []);
});

test('a privilege on a table and the same one on its column are two: taking one leaves the other as it was', async () => {
  const role = await ground.role();
  const [whole, column] = [`${role} SELECT on table public.${role}_t`, `${role} SELECT on column public.${role}_t.a`];
  const give = `grant select on ${role}_t to ${role}; grant select (a) on ${role}_t to ${role} with grant option`;
  await ground.sql(give);
  await ground.port.remove(role, whole, call());
  assert.deepEqual(await ground.ids(role), [column]);
  assert.match((await ground.of(role, column))?.what ?? '', /grant it to others/);
  await ground.sql(give);
  await ground.port.remove(role, column, call());
  assert.deepEqual(await ground.ids(role), [whole]);
});

test('F2: a connection without the rights is told so by preflight, is denied, and takes nothing away', async () => {
  const role = await ground.role();
  await ground.sql(`grant select on ${role}_t to ${role}`);
  assert.equal((await ground.port.preflight?.(role, call()))?.is, 'yes');
  const verdict = await ground.weak.preflight?.(role, call());
  assert.equal(verdict?.is, 'no');
  assert.match(verdict.because, /may not take away 1 of/);
  const id = `${role} SELECT on table public.${role}_t`;
  await refuses(['denied'], () => ground.weak.remove(role, id, call()));
  // With a privilege of its own PostgreSQL only warns, and revokes nothing.
  await ground.sql(`grant select on ${role}_t to keyturn_admin`);
  await refuses(['denied'], () => ground.weak.remove(role, id, call()));
  await refuses(['denied'], async () =>
    ground.weak.grant?.(role, `${role} SELECT on column public.${role}_t.a`, call()),
  );
  assert.deepEqual(await ground.ids(role), [id]);
});

test('what the two roles of a pair gave each other goes in the order of the list', async () => {
  const pair = await ground.account(['_a', '_b']);
  await ground.sql(`create table ${pair}_t (); alter table ${pair}_t owner to owner`);
  await ground.sql(`grant select on ${pair}_t to ${pair}_a with grant option`);
  await ground.sql(`set role ${pair}_a; grant select on ${pair}_t to ${pair}_b; reset role`);
  const both = ground.portWith({ pairs: true });
  const held = await both.list(pair, call());
  assert.deepEqual(
    held.map(({ byHand }) => byHand),
    [undefined, undefined],
  );
  for (const { id } of held) await both.remove(pair, id, call());
  assert.deepEqual(await both.list(pair, call()), []);
});

test('I6: many are taken away at once without getting into each other’s way', async () => {
  const role = await ground.role();
  const all = Array.from({ length: 12 }, (_, at) => `${role}_${at}`);
  for (const schema of all) await ground.sql(`create schema ${schema}; grant usage on schema ${schema} to ${role}`);
  await Promise.all(all.map((schema) => ground.port.remove(role, `${role} USAGE on schema ${schema}`, call())));
  assert.deepEqual(await ground.ids(role), []);
});

test('when something else would go with it, by a trigger of the database say, nothing goes', async (t) => {
  const role = await ground.role();
  await ground.sql(`grant select on ${role}_t to ${role}; grant pg_monitor to ${role}`);
  await ground.sql(`create function ${role}_more() returns event_trigger language plpgsql security definer as
    $$ begin if exists (select from pg_auth_members where member = '${role}'::regrole) then revoke pg_monitor from ${role}; end if; end $$`);
  await ground.sql(
    `create event trigger ${role}_e on ddl_command_end when tag in ('REVOKE') execute function ${role}_more()`,
  );
  t.after(() => ground.sql(`drop event trigger ${role}_e`));
  const was = await ground.ids(role);
  await refuses(['unavailable'], () => ground.port.remove(role, `${role} SELECT on table public.${role}_t`, call()));
  assert.deepEqual(await ground.ids(role), was);
});

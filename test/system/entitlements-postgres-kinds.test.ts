import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { call, refuses } from '../conformance/credentials/stage.ts';
import { openGrantsGround, type GrantsGround } from './grants-ground.ts';

let ground: GrantsGround;
before(async () => (ground = await openGrantsGround()));
after(async () => ground.stop());

test('everything that PostgreSQL keeps privileges on is listed, and each can be taken away by itself', async () => {
  const role = await ground.role();
  const grants = [
    [`grant update on ${role}_t to ROLE`, `UPDATE on table public.${role}_t`],
    [`grant references (b) on ${role}_t to ROLE`, `REFERENCES on column public.${role}_t.b`],
    [`create sequence ${role}_s; grant usage on sequence ${role}_s to ROLE`, `USAGE on sequence public.${role}_s`],
    [`create view ${role}_v as select 1; grant select on ${role}_v to ROLE`, `SELECT on table public.${role}_v`],
    [`create schema ${role}_x; grant create on schema ${role}_x to ROLE`, `CREATE on schema ${role}_x`],
    ['grant temporary on database postgres to ROLE', 'TEMPORARY on database postgres'],
    [
      `create function ${role}_f(int, variadic text[]) returns int language sql as 'select 1'; grant execute on function ${role}_f to ROLE`,
      `EXECUTE on routine public.${role}_f(integer,pg_catalog.text[])`,
    ],
    [
      `create procedure ${role}_p() language sql as ''; grant execute on procedure ${role}_p to ROLE`,
      `EXECUTE on routine public.${role}_p()`,
    ],
    ['grant execute on function pg_catalog.count() to ROLE', 'EXECUTE on routine pg_catalog.count()'],
    [
      `create domain ${role}_d as timestamp with time zone; grant usage on domain ${role}_d to ROLE`,
      `USAGE on type public.${role}_d`,
    ],
    ['grant usage on type timestamptz to ROLE', 'USAGE on type pg_catalog.timestamptz'],
    ['grant usage on language plpgsql to ROLE', 'USAGE on language plpgsql'],
    ['grant create on tablespace pg_default to ROLE', 'CREATE on tablespace pg_default'],
    [
      `create foreign data wrapper "the Wrapper"; grant usage on foreign data wrapper "the Wrapper" to ROLE`,
      'USAGE on foreign data wrapper "the Wrapper"',
    ],
    [
      `create server far foreign data wrapper "the Wrapper"; grant usage on foreign server far to ROLE`,
      'USAGE on foreign server far',
    ],
    ['select lo_create(4711); grant select on large object 4711 to ROLE', 'SELECT on large object 4711'],
    ['grant alter system on parameter log_statement to ROLE', 'ALTER SYSTEM on parameter log_statement'],
    ['grant set on parameter my.own to ROLE', 'SET on parameter my.own'],
    ['alter default privileges for role owner grant delete on tables to ROLE', 'DELETE on new tables of owner'],
    [
      `alter default privileges for role owner in schema ${role}_x grant execute on routines to ROLE`,
      `EXECUTE on new functions of owner in ${role}_x`,
    ],
    ['grant pg_read_all_data to ROLE', 'member of pg_read_all_data'],
    ['alter role ROLE createdb', 'attribute CREATEDB'],
    ['alter role ROLE superuser bypassrls replication createrole', 'attribute SUPERUSER'],
  ] as const;
  for (const [statement] of grants) await ground.sql(statement.replaceAll('ROLE', role));
  const expected = [
    ...grants.map(([, id]) => `${role} ${id}`),
    ...['BYPASSRLS', 'REPLICATION', 'CREATEROLE'].map((word) => `${role} attribute ${word}`),
  ];
  assert.deepEqual((await ground.ids(role)).toSorted(), expected.toSorted());
  let left = expected;
  for (const id of expected) {
    await ground.port.remove(role, id, call());
    left = left.filter((each) => each !== id);
    assert.deepEqual((await ground.ids(role)).toSorted(), left.toSorted(), id);
    assert.equal((await ground.port.prove(role, id, call())).is, 'no');
  }
});

test('what everybody may do, what a membership brings, CONNECT and LOGIN are not listed', async () => {
  const role = await ground.role();
  await ground.sql(
    `grant select on ${role}_t to public; grant connect on database postgres to ${role}; alter role ${role} login`,
  );
  await ground.sql(`create role ${role}_g; grant insert on ${role}_t to ${role}_g; grant ${role}_g to ${role}`);
  assert.deepEqual(await ground.ids(role), [`${role} member of ${role}_g`]);
});

test('names that need quoting, are long or do not fit into a line are listed and taken away', async () => {
  const role = await ground.role();
  const odd = ['Select * "from"', "it's; drop table x --", 'größe', 'two\nlines', '\u202eltr', 'x'.repeat(63)];
  for (const name of odd) {
    const quoted = `"${name.replaceAll('"', '""')}"`;
    await ground.sql(`create schema ${quoted}; grant usage on schema ${quoted} to ${role}`);
  }
  const types = Array.from({ length: 20 }, () => `"${'y'.repeat(60)}"`).join(',');
  await ground.sql(`create domain "${'y'.repeat(60)}" as int`);
  await ground.sql(
    `create function ${role}_f(${types}) returns int language sql as 'select 1'; grant execute on function ${role}_f to ${role}`,
  );
  await ground.sql(`create role "gr\nantor"; grant select on ${role}_t to "gr\nantor" with grant option`);
  await ground.sql(`set role "gr\nantor"; grant select on ${role}_t to ${role}; reset role`);
  const held = await ground.port.list(role, call());
  assert.equal(held.length, odd.length + 2);
  for (const { id, what } of held) assert.match(`${id} ${what}`, /^\P{C}{1,1500}$/u);
  for (const { id } of held) await ground.port.remove(role, id, call());
  assert.deepEqual(await ground.ids(role), []);
});

test('what is owned is left to a person, and until it is handed over nothing is said to be gone', async () => {
  const role = await ground.role();
  await ground.sql(`alter table ${role}_t owner to ${role}`);
  const id = `${role} owns table public.${role}_t`;
  assert.match((await ground.of(role, id))?.byHand ?? '', /somebody else its owner/);
  await refuses(['conflict'], () => ground.port.remove(role, id, call()));
  await ground.sql(`alter table ${role}_t owner to owner`);
  await ground.port.remove(role, id, call());
  assert.equal((await ground.port.prove(role, id, call())).is, 'no');
});

test('what lies in another database of the cluster is told, and seen by a connection to that one', async () => {
  const role = await ground.role();
  await ground.sql(`create database ${role}_db`);
  const there = ground.portWith({ database: `${role}_db` });
  const id = `${role} CREATE on schema public`;
  await there.grant?.(role, id, call());
  const [elsewhere, ...others] = await ground.port.list(role, call());
  assert.deepEqual(others, []);
  assert.equal(elsewhere?.id, `${role} holds things in database ${role}_db`);
  assert.match(elsewhere.byHand ?? '', /another connection/);
  await refuses(['conflict'], () => ground.port.remove(role, elsewhere.id, call()));
  await there.remove(role, id, call());
  assert.deepEqual(await ground.ids(role), []);
});

test('a privilege on a kind of object that is not known here is told, and left to a person', async () => {
  const role = await ground.role();
  await ground.sql('create publication news');
  await ground.sql('set allow_system_table_mods = on');
  await ground.sql(`insert into pg_shdepend select d.oid, 'pg_publication'::regclass, p.oid, 0, 'pg_authid'::regclass, r.oid, 'a'
    from pg_database d, pg_publication p, pg_roles r where d.datname = 'postgres' and r.rolname = '${role}'`);
  const id = `${role} holds something on publication news`;
  assert.match((await ground.of(role, id))?.byHand ?? '', /by hand/);
  await refuses(['conflict'], () => ground.port.remove(role, id, call()));
  assert.equal((await ground.port.prove(role, id, call())).is, 'yes');
});

test('the user of the connection, a role of the server and an id of another role are refused', async () => {
  const role = await ground.role();
  await refuses(['invalid_request'], () => ground.port.list('keyturn_super', call()));
  await refuses(['invalid_request'], () => ground.port.list('postgres', call()));
  for (const id of [
    'carol SELECT on table x',
    `${role} SELECT on table`,
    `${role} select on table x`,
    `${role} member of `,
  ])
    await refuses(['invalid_request'], () => ground.port.prove(role, id, call()));
});

test('a grant of what is not there is not found, and of what an id does not say enough of invalid', async () => {
  const role = await ground.role();
  for (const id of ['SELECT on table public.nowhere', 'member of nobody', 'USAGE on schema "no"'])
    await refuses(['not_found'], async () => ground.port.grant?.(role, `${role} ${id}`, call()));
  for (const id of ['owns table x', `ALL on table public.${role}_t`, 'attribute LOGIN', 'holds things in database x'])
    await refuses(['invalid_request'], async () => ground.port.grant?.(role, `${role} ${id}`, call()));
  for (const id of [`SELECT on column public.${role}_t.a`, 'attribute CREATEDB', 'member of pg_monitor'])
    await ground.port.grant?.(role, `${role} ${id}`, call());
  assert.equal((await ground.ids(role)).length, 3);
});

test('two thousand privileges are listed, and one of them is taken away, each question within its time', async () => {
  const role = await ground.role();
  await ground.sql(`do $$ begin for i in 1..2000 loop
    execute format('create table ${role}_%s (); grant select on ${role}_%s to ${role}', i, i); end loop; end $$`);
  const held = await ground.port.list(role, call());
  assert.equal(held.length, 2_000);
  await ground.port.remove(role, held[1_000]?.id ?? '', call());
  assert.equal((await ground.ids(role)).length, 1_999);
});

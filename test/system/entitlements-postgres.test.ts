import { after, before } from 'node:test';
import { Client, escapeIdentifier } from 'pg';
import { Secret } from '../../src/contract/secret.ts';
import { provider } from '../../src/providers/entitlements/postgres-grants.ts';
import type { PostgresConnection } from '../../src/providers/postgres-connection.ts';
import { describeEntitlementPort, type EntitlementSystem } from '../conformance/entitlements.ts';
import { describeHostileEntitlementPort } from '../conformance/hostile-entitlements.ts';
import type { HostileFault } from '../conformance/hostile.ts';
import { startHostileProxy, type Fault } from '../fakes/hostile-proxy.ts';
import { openPostgresGround, postgresWords, world, type PostgresGround } from './postgres-ground.ts';

const words = [...postgresWords, 'permission denied', 'must be owner', 'dependent', 'does not exist'];

const faults: Readonly<Record<string, Fault & Pick<HostileFault, 'hits'>>> = {
  'nobody listens': { kind: 'refuse', hits: 'everything' },
  'the connection is reset': { kind: 'reset', hits: 'everything' },
  'every answer is lost': { kind: 'lose-reply', hits: 'everything' },
  'answers come too late': { kind: 'delay', milliseconds: 5_000, hits: 'everything' },
  'the connection is reset before a change': { kind: 'reset', when: 'set local role', hits: 'writes' },
  'the answer to a change is lost': { kind: 'lose-reply', when: 'set local role', hits: 'writes' },
  'the connection is reset before the commit': { kind: 'reset', when: 'commit', hits: 'writes' },
  'the answer to the commit is lost': { kind: 'lose-reply', when: 'commit', hits: 'writes' },
};

let ground: PostgresGround;
let superuser: PostgresConnection;
before(async () => {
  ground = await openPostgresGround();
  await ground.sql("create role keyturn_super superuser login password 'super-of-this-test'");
  await ground.sql('create role app_owner');
  await ground.sql('grant app_owner to keyturn_admin with inherit true, set true');
  superuser = { ...ground.admin, user: 'keyturn_super', password: new Secret('super-of-this-test') };
});
after(async () => ground.stop());

describeEntitlementPort({ name: 'postgres-grants, no superuser', open: () => open(ground.admin) });
describeEntitlementPort({ name: 'postgres-grants, a superuser and pairs', open: () => open(superuser, true) });
describeHostileEntitlementPort({
  name: provider.kind,
  async open() {
    const proxy = await startHostileProxy(ground.admin);
    const { host, port } = proxy;
    return {
      ...(await open({ ...ground.admin, host, port, connectTimeoutMs: 1_000, timeoutMs: 1_000 })),
      disturb: (name: string | undefined) => proxy.meet(name === undefined ? undefined : faults[name]),
      close: () => proxy.close(),
    };
  },
  faults: Object.entries(faults).map(([name, { hits }]) => ({ name, hits })),
});

async function open(connection: PostgresConnection, pairs = false): Promise<EntitlementSystem> {
  const suffixes = pairs ? ['_a', '_b'] : [''];
  const [account, neighbour] = [await ground.account(suffixes), await ground.account(suffixes)];
  for (const each of [account, neighbour]) await setTables(each);
  const roleOf = (each: string) => (pairs ? `${each}_b` : each);
  return {
    port: provider.create({ ...connection, pairs }, world),
    account,
    neighbour,
    absent: 'nobody_here',
    async give(each, nth) {
      await ground.sql(
        {
          1: `grant ${each}_readers to ${roleOf(each)} granted by keyturn_admin`,
          2: `grant select on ${each}.invoices to ${roleOf(each)}`,
          3: `grant insert on ${each}."Odd ""Table" to ${roleOf(each)}`,
        }[nth],
      );
    },
    works: (each, nth) =>
      succeedsAs(
        roleOf(each),
        {
          1: `select from ${each}.reports`,
          2: `select from ${each}.invoices`,
          3: `insert into ${each}."Odd ""Table" default values`,
        }[nth],
      ),
    giveByHand: async (each) =>
      void (await ground.sql(`create table ${each}.owned (); alter table ${each}.owned owner to ${roleOf(each)}`)),
    secrets: [connection.password],
    remoteWords: words,
    close: async () => {},
  };
}

/** A schema of the account's own that everybody may look into, and tables in it that nobody may. */
async function setTables(account: string): Promise<void> {
  const statements = [
    `create schema ${account}`,
    `grant usage on schema ${account} to public`,
    `create role ${account}_readers`,
    `grant ${account}_readers to keyturn_admin with admin option`,
    ...['reports', 'invoices', '"Odd ""Table"'].flatMap((table) => [
      `create table ${account}.${table} ()`,
      `alter table ${account}.${table} owner to app_owner`,
    ]),
    `grant select on ${account}.reports to ${account}_readers`,
  ];
  await ground.sql(statements.join(';'));
}

/** Does what the role may do, as the role. */
async function succeedsAs(role: string, statement: string): Promise<boolean> {
  const { host, port, database, user, password } = superuser;
  const client = new Client({ host, port, database, user, password: password.reveal(), ssl: false });
  await client.connect();
  try {
    await client.query(`set role ${escapeIdentifier(role)}`);
    await client.query(statement);
    return true;
  } catch (error) {
    if ((error as { code?: string }).code === '42501') return false;
    throw error;
  } finally {
    await client.end();
  }
}

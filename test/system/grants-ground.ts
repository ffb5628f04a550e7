import type { Entitlement, EntitlementPort } from '../../src/contract/entitlements.ts';
import { Secret } from '../../src/contract/secret.ts';
import { provider } from '../../src/providers/entitlements/postgres-grants.ts';
import { call } from '../conformance/credentials/stage.ts';
import { openPostgresGround, world, type PostgresGround } from './postgres-ground.ts';

/** A real server on which roles hold things: those of `owner` and of others. */
export interface GrantsGround extends PostgresGround {
  /** As a superuser. */
  readonly port: EntitlementPort;
  /** As a role that may do little. */
  readonly weak: EntitlementPort;
  /** As a superuser, with other settings. */
  portWith(changed: { database?: string; pairs?: boolean }): EntitlementPort;
  /** A role that holds nothing, and a table `<role>_t` of `owner` with the columns a and b. */
  role(): Promise<string>;
  ids(role: string): Promise<string[]>;
  of(role: string, id: string): Promise<Entitlement | undefined>;
  acl(table: string): Promise<string | undefined>;
}

export async function openGrantsGround(): Promise<GrantsGround> {
  const ground = await openPostgresGround();
  const { sql, admin } = ground;
  await sql("create role keyturn_super superuser login password 'super-of-this-test'");
  for (const role of ['bob', 'carol', 'owner']) await sql(`create role ${role}`);
  const superuser = { ...admin, user: 'keyturn_super', password: new Secret('super-of-this-test') };
  const portWith: GrantsGround['portWith'] = (changed) =>
    provider.create({ ...superuser, pairs: false, ...changed }, world);
  const port = portWith({});
  const list = (role: string) => port.list(role, call());
  return {
    ...ground,
    port,
    portWith,
    weak: provider.create({ ...admin, pairs: false }, world),
    async role() {
      const role = await ground.account(['']);
      await sql(`create table ${role}_t (a int, b int); alter table ${role}_t owner to owner`);
      return role;
    },
    ids: async (role) => (await list(role)).map(({ id }) => id),
    of: async (role, id) => (await list(role)).find((each) => each.id === id),
    async acl(table) {
      const rows = await sql<{ acl: string }>(
        `select relacl::text as acl from pg_class where oid = '${table}'::regclass`,
      );
      return rows[0]?.acl;
    },
  };
}

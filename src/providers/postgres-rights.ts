import type { Sight } from './observe.ts';
import type { PostgresSession } from './postgres-session.ts';

interface Rights {
  readonly role: string;
  readonly isSuperuser: boolean;
  readonly amSuperuser: boolean;
  readonly mayCreateRoles: boolean;
  readonly mayAlter: boolean;
  readonly mayEndSessions: boolean;
  readonly isStandby: boolean;
}

// Before version 16 CREATEROLE was enough to alter a role; since then ADMIN OPTION on it is needed as well.
const sql = `
  select r.rolname as role, r.rolsuper as "isSuperuser", me.rolsuper as "amSuperuser",
         me.rolsuper or me.rolcreaterole as "mayCreateRoles",
         pg_has_role(r.oid, 'MEMBER WITH ADMIN OPTION')
           or current_setting('server_version_num')::int < 160000 as "mayAlter",
         pg_has_role(r.oid, 'USAGE') or pg_has_role('pg_signal_backend', 'USAGE') as "mayEndSessions",
         pg_is_in_recovery() as "isStandby"
    from pg_catalog.pg_roles r, pg_catalog.pg_roles me
   where r.rolname = any($1) and me.rolname = current_user`;

/**
 * Can the user of this session alter these roles and end their sessions? Reads the catalogue and changes nothing.
 * https://www.postgresql.org/docs/current/role-attributes.html https://www.postgresql.org/docs/current/sql-alterrole.html
 */
export async function judgeRights({ query }: PostgresSession, roles: readonly string[]): Promise<Sight> {
  const found = await query<Rights>(sql, [roles]);
  const missing = roles.filter((role) => !found.some((row) => row.role === role));
  if (missing.length > 0) return ['no', `PostgreSQL has no role ${missing.join(' and no role ')}`];
  const obstacle = found.map(obstacleOf).find((words) => words !== undefined);
  return obstacle
    ? ['no', obstacle]
    : ['yes', `the connection may alter ${roles.join(' and ')} and end their sessions`];
}

function obstacleOf(rights: Rights): string | undefined {
  const { role } = rights;
  if (rights.isStandby) return 'the server is a standby and takes no changes';
  if (rights.isSuperuser && !rights.amSuperuser) return `${role} is a superuser, whom only a superuser may alter`;
  if (!rights.mayCreateRoles) return 'the user of the connection lacks CREATEROLE';
  if (!rights.mayAlter) return `the user of the connection lacks ADMIN OPTION on ${role}`;
  if (!rights.mayEndSessions)
    return `the user of the connection may not end sessions of ${role}: grant pg_signal_backend`;
  return undefined;
}

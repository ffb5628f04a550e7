import { randomBytes } from 'node:crypto';
import type { CredentialPort } from '../../contract/credentials.ts';
import { KeyturnError } from '../../contract/errors.ts';
import type { Read } from '../../contract/call.ts';
import type { Provider } from '../../contract/provider.ts';
import type { CredentialRef } from '../../contract/references.ts';
import { Secret } from '../../contract/secret.ts';
import { postgresConnection, type PostgresConnection } from '../postgres-connection.ts';
import { tryLogin } from '../postgres-login.ts';
import { pairOf } from '../postgres-role-name.ts';
import { readRoles, rolePort, setSecret } from '../postgres-roles.ts';
import { withSession } from '../postgres-session.ts';

/**
 * Two PostgreSQL login roles that take turns: the account `orders` is the roles `orders_a` and `orders_b`, which exist already
 * and share their rights through a role that both are members of. The one without a live credential takes the new secret.
 *
 * A free role is one that was revoked: `CREATE ROLE orders_b NOLOGIN VALID UNTIL '-infinity'` makes one. Sessions outlive the
 * credential they were opened with, so a revoked role still works in them until `endSessions`; sessions on standby servers are
 * not seen from here. PostgreSQL keeps no record of past logins, so `lastUse` knows of open sessions only.
 * https://www.postgresql.org/docs/current/sql-alterrole.html
 */
export const provider: Provider<CredentialPort, PostgresConnection> = {
  kind: 'postgres-role',
  config: postgresConnection,
  create(connection, world) {
    const rolesOf = (account: string) => pairOf(account, connection.user);
    const named = (account: string, id: string): CredentialRef => ({ connection: world.connection, account, id });
    return {
      ...rolePort(connection, world, rolesOf),
      maxLive: 2,
      mint: {
        at: 'home',
        draw: () => new Secret(randomBytes(30).toString('base64url')),
        async install(account, secret, replacing, call) {
          const roles = rolesOf(account);
          const holder = await findHolder(connection, roles, secret, call);
          const role = holder?.role ?? (await freeRole(connection, roles, replacing, call));
          if (holder?.answer !== 'accepted') await setSecret(connection, role, secret, call);
          return named(account, role);
        },
        async find(account, secret, call) {
          const holder = await findHolder(connection, rolesOf(account), secret, call);
          return holder && named(account, holder.role);
        },
      },
    };
  },
};

/** The role that this secret is the password of, found by logging in. Throws when that can't be told of one of them. */
async function findHolder(connection: PostgresConnection, roles: readonly string[], secret: Secret, call: Read) {
  for (const role of roles) {
    const answer = await tryLogin(connection, role, secret, call);
    if (answer !== 'refused') return { role, answer };
  }
  return undefined;
}

/** A role that holds a credential is never overwritten, even if it is not the one in use: that is somebody's (F10). */
async function freeRole(
  connection: PostgresConnection,
  roles: readonly string[],
  replacing: CredentialRef | undefined,
  call: Read,
): Promise<string> {
  const states = await withSession(connection, call, (session) => readRoles(session, roles));
  const missing = roles.find((role) => !states.some((state) => state.role === role));
  if (missing) throw new KeyturnError('not_found', `PostgreSQL has no role ${missing}`);
  const free = states.find(({ role, status }) => status === 'absent' && role !== replacing?.id);
  if (free) return free.role;
  throw new KeyturnError(
    'limit_reached',
    `both ${roles.join(' and ')} hold a credential, or did not hold one that was revoked`,
    "revoke the one that is not in use, or free it: ALTER ROLE ... NOLOGIN PASSWORD NULL VALID UNTIL '-infinity'",
  );
}

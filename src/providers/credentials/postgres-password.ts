import { randomBytes } from 'node:crypto';
import type { CredentialPort } from '../../contract/credentials.ts';
import type { Provider } from '../../contract/provider.ts';
import { Secret } from '../../contract/secret.ts';
import { postgresConnection, type PostgresConnection } from '../postgres-connection.ts';
import { tryLogin } from '../postgres-login.ts';
import { roleOf } from '../postgres-role-name.ts';
import { rolePort, setSecret } from '../postgres-roles.ts';

/**
 * The password of one PostgreSQL role, changed in place: the account is the role, and every credential of it, old or new, has
 * the role's name for an id. From `install` on the old password is refused; to put it back is to install it again.
 *
 * So after a rotation there is nothing to revoke: `revoke` locks the role itself, as offboarding does. Sessions outlive the
 * password they were opened with, and `endSessions` ends those of the new one as well, since PostgreSQL can't tell them apart.
 */
export const provider: Provider<CredentialPort, PostgresConnection> = {
  kind: 'postgres-password',
  config: postgresConnection,
  create(connection, world) {
    const rolesOf = (account: string) => [roleOf(account, connection.user)];
    return {
      ...rolePort(connection, world, rolesOf),
      maxLive: 1,
      mint: {
        at: 'home',
        draw: () => new Secret(randomBytes(30).toString('base64url')),
        async install(account, secret, _, call) {
          const role = roleOf(account, connection.user);
          await setSecret(connection, role, secret, call);
          return { connection: world.connection, account, id: role };
        },
        async find(account, secret, call) {
          const role = roleOf(account, connection.user);
          const answer = await tryLogin(connection, role, secret, call);
          return answer === 'refused' ? undefined : { connection: world.connection, account, id: role };
        },
      },
    };
  },
};

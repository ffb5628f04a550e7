import { KeyturnError } from '../contract/errors.ts';
import type { Read } from '../contract/call.ts';
import type { Secret } from '../contract/secret.ts';
import type { PostgresConnection } from './postgres-connection.ts';
import { failedQuestion, sqlState } from './postgres-errors.ts';
import { connect, withSession } from './postgres-session.ts';

/**
 * What the server says to a login as the role with this secret:
 * - `accepted`: it asked for the secret and let the role in
 * - `suspended`: the secret is right, and the role is barred from logging in. PostgreSQL looks at the password first.
 * - `refused`: the role exists, and the secret is not its password or is no longer valid
 */
export type LoginAnswer = 'accepted' | 'suspended' | 'refused';

/**
 * Tries a real login. Throws `not_found` for a role that does not exist, and `unavailable` for all that is no clear answer: a
 * server that can't be reached, is full or starting, its host rules, a database that the role may not enter.
 */
export async function tryLogin(
  connection: PostgresConnection,
  role: string,
  secret: Secret,
  call: Read,
): Promise<LoginAnswer> {
  const { asked, error } = await attempt(connection, role, secret, call);
  const state = sqlState(error);
  if (error === undefined && asked) return 'accepted';
  if (error === undefined) throw unclear('PostgreSQL lets the role in without asking for its secret');
  if (state === '42501') throw unclear('the role may not enter the database of the connection');
  if (state !== '28P01' && !(state === '28000' && asked)) throw unclear(failedQuestion(error).message);
  const { canLogIn } = await knownRole(connection, role, call);
  if (state === '28P01') return 'refused';
  if (canLogIn) throw unclear('PostgreSQL refuses the role for another reason than its secret');
  return 'suspended';
}

async function attempt(connection: PostgresConnection, user: string, secret: Secret, call: Read) {
  let asked = false;
  try {
    const { client, close } = await connect(connection, { user, secret }, call, () => (asked = true));
    try {
      // A pooler answers logins by itself; only an answered statement shows that the role got through to the server.
      const { rows } = await client.query<{ role: string }>('select session_user as role');
      return rows[0]?.role === user ? { asked } : { asked, error: unclear('PostgreSQL let in another role') };
    } finally {
      await close();
    }
  } catch (error) {
    return { asked, error };
  }
}

/** The role as the connection's own user sees it: a refusal by a server that does not know the role proves nothing. */
async function knownRole(connection: PostgresConnection, role: string, call: Read): Promise<{ canLogIn: boolean }> {
  const sql = 'select rolcanlogin as "canLogIn" from pg_catalog.pg_roles where rolname = $1';
  const [found] = await withSession(connection, call, ({ query }) => query<{ canLogIn: boolean }>(sql, [role]));
  if (found) return found;
  throw new KeyturnError('not_found', 'PostgreSQL knows no such role');
}

function unclear(words: string): KeyturnError {
  return new KeyturnError('unavailable', words);
}

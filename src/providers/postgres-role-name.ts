import { KeyturnError } from '../contract/errors.ts';
import type { CredentialRef } from '../contract/references.ts';

/**
 * Lets a name through that is a plain PostgreSQL identifier: ASCII letters, digits, `_` and `$`, at most 61 bytes so that a
 * suffix of two still fits, and none of the names that PostgreSQL keeps for itself. Throws `invalid_request`, naming the field.
 * https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS
 */
export function roleName(text: string, field: string): string {
  if (/^[A-Za-z_][\w$]{0,60}$/.test(text) && !/^(pg_|public$|none$)/i.test(text)) return text;
  throw new KeyturnError(
    'invalid_request',
    `${field}: expected a PostgreSQL role of 1 to 61 ASCII letters, digits, _ and $, beginning with a letter, not with pg_`,
  );
}

/** The role that a reference names, which must be one of its account's roles. Throws `invalid_request`. */
export function referredRole({ account, id }: CredentialRef, rolesOf: (account: string) => readonly string[]): string {
  const roles = rolesOf(account);
  if (roles.includes(id)) return id;
  throw new KeyturnError('invalid_request', `id: expected ${roles.join(' or ')}`);
}

/** The role that an account names. Throws `invalid_request`, also for the user of the connection, who must not saw off its own branch. */
export function roleOf(account: string, admin: string): string {
  const role = roleName(account, 'account');
  if (role !== admin) return role;
  throw ofItself();
}

/** The two roles of an account that take turns; otherwise as {@link roleOf}. */
export function pairOf(account: string, admin: string): readonly string[] {
  const name = roleName(account, 'account');
  const roles = [`${name}_a`, `${name}_b`];
  if (!roles.includes(admin)) return roles;
  throw ofItself();
}

function ofItself(): KeyturnError {
  return new KeyturnError('invalid_request', 'account: the user of the connection can not be changed through itself');
}

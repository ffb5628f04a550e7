import { escapeIdentifier } from 'pg';
import type { Write } from '../contract/call.ts';
import { KeyturnError } from '../contract/errors.ts';
import { objectsSql } from './postgres-acl-classes.ts';
import { parseHolding, type HoldingName } from './postgres-holding-ids.ts';
import { readFacts, readHoldings, type Statement } from './postgres-holdings.ts';
import type { PostgresConnection } from './postgres-connection.ts';
import { withSession, type PostgresSession } from './postgres-session.ts';

/**
 * Takes one thing away, in one transaction that sees whether it is gone and everything else is there. Never with CASCADE: what
 * others hold is theirs. Gone is done, and so are roles that are gone.
 */
export async function takeAway(
  connection: PostgresConnection,
  roles: readonly string[],
  id: string,
  call: Write,
): Promise<void> {
  parseHolding(id, roles);
  await inTransaction(connection, call, async (session) => {
    if ((await readFacts(session, roles).catch(noneIfGone)) === undefined) return;
    const before = await readHoldings(session, roles);
    const held = before.find(({ entitlement }) => entitlement.id === id);
    if (held === undefined) return;
    const { byHand } = held.entitlement;
    if (byHand !== undefined) throw new KeyturnError('conflict', byHand);
    await run(session, held.statements);
    const after = new Set((await readHoldings(session, roles)).map(({ entitlement }) => entitlement.id));
    if (after.has(id)) throw withoutEffect('take it away');
    if (before.some(({ entitlement }) => entitlement.id !== id && !after.has(entitlement.id)))
      throw new KeyturnError('unavailable', 'something else went with it, so it was left as it was');
  });
}

/** Gives what an id says enough of: `not_found` when there is no such role or object. Held already is done. */
export async function giveHolding(
  connection: PostgresConnection,
  roles: readonly string[],
  id: string,
  call: Write,
): Promise<void> {
  const name = parseHolding(id, roles);
  await inTransaction(connection, call, async (session) => {
    const { roles: known } = await readFacts(session, roles);
    if (!known.includes(name.role)) throw new KeyturnError('not_found', 'PostgreSQL knows no such role');
    const isHeld = async () => (await readHoldings(session, roles)).some(({ entitlement }) => entitlement.id === id);
    if (await isHeld()) return;
    await run(session, [await granting(session, roles, name)]);
    if (!(await isHeld())) throw withoutEffect('grant it');
  });
}

async function granting(
  session: PostgresSession,
  roles: readonly string[],
  { role, attribute, group, kind, name, privilege }: HoldingName,
): Promise<Statement> {
  const to = escapeIdentifier(role);
  if (attribute !== undefined && attributes.has(attribute)) return { sql: `ALTER ROLE ${to} ${attribute}` };
  if (group !== undefined) return { sql: `GRANT ${await groupCalled(session, group)} TO ${to}` };
  if (privilege === undefined || !privileges.has(privilege) || name === undefined)
    throw new KeyturnError('invalid_request', 'id: expected an attribute, a membership or a privilege on one object');
  const { version } = await readFacts(session, roles);
  const found = await session.query<{ target: string; column: string | null; before: string }>(
    `select target, "column", before from (${objectsSql(version)}) o where kind = $1 and name = $2`,
    [kind, name],
  );
  const [object] = found;
  if (object === undefined) throw new KeyturnError('not_found', 'PostgreSQL knows no such object');
  const what = object.column === null ? privilege : `${privilege} (${object.column})`;
  return { sql: `${object.before}GRANT ${what} ON ${object.target} TO ${to}` };
}

const attributes = new Set(['SUPERUSER', 'CREATEROLE', 'CREATEDB', 'REPLICATION', 'BYPASSRLS']);
const privileges = new Set(
  [
    ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER', 'MAINTAIN'],
    ['CREATE', 'TEMPORARY', 'EXECUTE', 'USAGE', 'SET', 'ALTER SYSTEM'],
  ].flat(),
);

async function groupCalled({ query }: PostgresSession, name: string): Promise<string> {
  const sql = 'select quote_ident(rolname) as "group" from pg_catalog.pg_roles where quote_ident(rolname) = $1';
  const [found] = await query<{ group: string }>(sql, [name]);
  if (found) return found.group;
  throw new KeyturnError('not_found', 'PostgreSQL knows no such role');
}

/** Nothing has happened until the last word, so all before it are questions: their failure leaves the world as it was. */
async function inTransaction(
  connection: PostgresConnection,
  call: Write,
  act: (session: PostgresSession) => Promise<void>,
): Promise<void> {
  await withSession(connection, call, async (session) => {
    // One snapshot for all questions: what others commit meanwhile is not taken for an effect of ours.
    await session.query('begin isolation level repeatable read');
    await act(session);
    await session.change('commit');
  });
}

async function run({ query }: PostgresSession, statements: readonly Statement[]): Promise<void> {
  for (const { sql, as } of statements) {
    await query(`set local role ${as ?? 'none'}`);
    await query(sql).catch(orChanging);
  }
  await query('set local role none');
}

/** It was there when the transaction began: somebody is at it right now, and the next attempt sees what became of it. */
function orChanging(error: unknown): never {
  if (!(error instanceof KeyturnError && error.code === 'not_found')) throw error;
  throw new KeyturnError('unavailable', 'somebody else is changing what the role holds');
}

function noneIfGone(error: unknown): undefined {
  if (!(error instanceof KeyturnError && error.code === 'not_found')) throw error;
}

/** PostgreSQL only warns when a user without the right revokes or grants, and does nothing. */
function withoutEffect(what: string): KeyturnError {
  return new KeyturnError(
    'denied',
    `PostgreSQL did not ${what}: the user of the connection lacks the right`,
    'it must be a superuser, or have the rights of whoever granted it',
  );
}

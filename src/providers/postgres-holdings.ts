import { escapeIdentifier } from 'pg';
import type { Entitlement } from '../contract/entitlements.ts';
import { KeyturnError } from '../contract/errors.ts';
import { aclClassNames } from './postgres-acl-classes.ts';
import { shown } from './postgres-holding-ids.ts';
import * as sql from './postgres-holdings-sql.ts';
import type { PostgresSession } from './postgres-session.ts';

const mostWords = 2_000;

/** One entitlement of a role, and what takes it away. */
export interface Holding {
  readonly entitlement: Entitlement;
  /** The connection may do what takes it away, as far as can be seen. */
  readonly able: boolean;
  /** All of them together take it away; one for each who granted it. */
  readonly statements: readonly Statement[];
  /** A role of the same account granted it, so it has to go before that role loses the right to. */
  readonly byMine: boolean;
}

/** Built from the catalogue's own names alone. `as`: the quoted role that has to say it. */
export interface Statement {
  readonly sql: string;
  readonly as?: string | undefined;
}

/** The roles of an account as the server knows them. Throws `not_found` when it knows none. */
export async function readFacts({ query }: PostgresSession, roles: readonly string[]): Promise<sql.Facts> {
  const [facts] = await query<sql.Facts & { roles: string[] }>(sql.factsSql, [roles]);
  if (facts === undefined || facts.roles.length === 0)
    throw new KeyturnError('not_found', 'PostgreSQL knows no role of this account');
  if (!facts.isBuiltIn) return facts;
  throw new KeyturnError(
    'invalid_request',
    'account: expected a role that somebody made, not one of the server itself',
  );
}

/**
 * All that these roles hold, the same thing once. What one role of the account gave the other comes first. Reads catalogues that
 * everybody may read. Throws `unavailable` on a standby, whose word may be old.
 */
export async function readHoldings(session: PostgresSession, roles: readonly string[]): Promise<Holding[]> {
  const facts = await readFacts(session, roles);
  if (facts.isStandby) throw new KeyturnError('unavailable', 'this server is a standby, and what it says may be old');
  const { query } = session;
  const grants = await query<sql.GrantRow>(sql.grantsSql(facts), [roles]);
  const memberships = await query<sql.MembershipRow>(sql.membershipsSql(facts), [roles]);
  const attributes = await query<sql.AttributeRow>(sql.attributesSql(facts), [roles]);
  const owned = await query<sql.OwnedRow>(sql.ownedSql, [roles, aclClassNames(facts.version)]);
  const elsewhere = await query<sql.ElsewhereRow>(sql.elsewhereSql, [roles]);
  const onColumns = grants.filter(({ column }) => column !== null);
  const all = [
    ...grants.map((row) => grantHeld(row, onColumns, facts)),
    ...memberships.map(membershipHeld),
    ...attributes.map(attributeHeld),
    ...owned.map(owningHeld),
    ...elsewhere.map(heldElsewhere),
  ];
  return together(all).toSorted((one, other) => Number(other.byMine) - Number(one.byMine));
}

function grantHeld(row: sql.GrantRow, onColumns: readonly sql.GrantRow[], { amSuperuser }: sql.Facts): Holding {
  const { role, kind, privilege, grantor, passedOn, byOwner, byMine } = row;
  const name = shown(row.name, row.column === null ? row.oid : `${row.oid}.${row.subid}`);
  const asItself = (amSuperuser && byOwner) || !row.maySet;
  const as = asItself ? undefined : grantor;
  const statements = [
    statement(row, 'REVOKE', as),
    // REVOKE on a table takes the same privilege on its columns as well: these are other entitlements, and stay.
    ...columnsOf(row, onColumns).map((column) => statement(column, 'GRANT', as)),
  ];
  return {
    entitlement: {
      id: `${role} ${privilege} on ${kind} ${name}`,
      what: `${role} may ${privilege} on ${kind} ${name}${row.grantable ? ' and grant it to others' : ''}, granted by ${shown(grantor, row.grantorOid)}`,
      ...(passedOn && { byHand: `others hold it because ${role} granted it to them: take it from them first` }),
    },
    able: asItself ? amSuperuser || row.mayUse : row.maySet,
    statements,
    byMine,
  };
}

function statement(row: sql.GrantRow, verb: 'GRANT' | 'REVOKE', as: string | undefined): Statement {
  const what = row.column === null ? row.privilege : `${row.privilege} (${row.column})`;
  const role = escapeIdentifier(row.role);
  const whom = verb === 'REVOKE' ? `FROM ${role}` : `TO ${role}${row.grantable ? ' WITH GRANT OPTION' : ''}`;
  return { sql: `${row.before}${verb} ${what} ON ${row.target} ${whom}`, as };
}

function columnsOf(row: sql.GrantRow, onColumns: readonly sql.GrantRow[]): readonly sql.GrantRow[] {
  if (row.kind !== 'table') return [];
  return onColumns.filter(
    ({ target, role, privilege, grantor }) =>
      target === row.target && role === row.role && privilege === row.privilege && grantor === row.grantor,
  );
}

function membershipHeld({
  role,
  group,
  oid,
  admin,
  grantor,
  grantorOid,
  passedOn,
  able,
  byMine,
}: sql.MembershipRow): Holding {
  const name = shown(group, oid);
  const by = grantor === null ? '' : `, granted by ${shown(grantor, grantorOid)}`;
  const granted = grantor === null ? '' : ` GRANTED BY ${grantor}`;
  return {
    entitlement: {
      id: `${role} member of ${name}`,
      what: `${role} is a member of ${name}${admin ? ' and may make others members' : ''}${by}`,
      ...(passedOn && { byHand: `others are members because ${role} made them so: take it from them first` }),
    },
    able,
    statements: [{ sql: `REVOKE ${group} FROM ${escapeIdentifier(role)}${granted}` }],
    byMine,
  };
}

function attributeHeld({ role, attribute, able }: sql.AttributeRow): Holding {
  return {
    entitlement: { id: `${role} attribute ${attribute}`, what: `${role} has the attribute ${attribute}` },
    able,
    statements: [{ sql: `ALTER ROLE ${escapeIdentifier(role)} NO${attribute}` }],
    byMine: false,
  };
}

function owningHeld({ role, owns, kind, name, oid }: sql.OwnedRow): Holding {
  const object = `${kind ?? 'object'} ${shown(name, oid)}`;
  return owns
    ? left(`${role} owns ${object}`, 'an owner keeps every right: make somebody else its owner, or drop it')
    : left(`${role} holds something on ${object}`, 'Keyturn does not know objects of this kind: revoke it by hand');
}

function heldElsewhere({ role, database, oid, things }: sql.ElsewhereRow): Holding {
  const what = `holds things in database ${shown(database, oid)}`;
  const held = left(`${role} ${what}`, 'this connection does not see into it: make another connection that does');
  const { entitlement } = held;
  return {
    ...held,
    entitlement: { ...entitlement, what: `${role} ${what}: privileges or objects of its own, ${things}` },
  };
}

/** What no statement of ours takes away. */
function left(id: string, byHand: string): Holding {
  return { entitlement: { id, what: id, byHand }, able: true, statements: [], byMine: false };
}

/** The same thing from several hands is one thing. There is room to say so of a few. */
function together(all: readonly Holding[]): Holding[] {
  const byId = new Map<string, Holding>();
  for (const each of all) {
    const { id } = each.entitlement;
    const known = byId.get(id);
    byId.set(id, known ? joined(known, each) : each);
  }
  return [...byId.values()];
}

function joined(one: Holding, other: Holding): Holding {
  return {
    entitlement: {
      ...other.entitlement,
      ...one.entitlement,
      what: `${one.entitlement.what}; ${other.entitlement.what}`.slice(0, mostWords),
    },
    able: one.able && other.able,
    statements: [...one.statements, ...other.statements],
    byMine: one.byMine || other.byMine,
  };
}

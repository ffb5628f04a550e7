import { z } from 'zod';
import type { EntitlementPort } from '../../contract/entitlements.ts';
import { KeyturnError } from '../../contract/errors.ts';
import type { Provider } from '../../contract/provider.ts';
import { observe, type Sight } from '../observe.ts';
import { postgresConnection } from '../postgres-connection.ts';
import { parseHolding } from '../postgres-holding-ids.ts';
import { readFacts, readHoldings } from '../postgres-holdings.ts';
import { pairOf, roleOf } from '../postgres-role-name.ts';
import { withSession, type PostgresSession } from '../postgres-session.ts';
import { giveHolding, takeAway } from '../postgres-take-away.ts';

const config = postgresConnection.extend({
  pairs: z.boolean().default(false).describe('The accounts are those of `postgres-role`: two roles, _a and _b.'),
});

/**
 * What a PostgreSQL role holds: attributes, memberships, privileges on objects, default privileges. The account is the role, or
 * with `pairs` the two roles that take turns. What PUBLIC may do, what comes by a membership, and CONNECT are not listed.
 *
 * A connection sees one database of the cluster. What the role holds in another one is listed as one entitlement that is left to
 * a person, and so is what it owns: REVOKE does not take rights from an owner. A row policy gives nothing by itself, and is left
 * out. Sessions that are open lose a privilege with their next statement, and attributes and memberships too.
 * https://www.postgresql.org/docs/current/sql-revoke.html
 */
export const provider: Provider<EntitlementPort, z.output<typeof config>> = {
  kind: 'postgres-grants',
  config,
  create(connection, world) {
    const rolesOf = (account: string) =>
      connection.pairs ? pairOf(account, connection.user) : [roleOf(account, connection.user)];
    return {
      async list(account, call) {
        const roles = rolesOf(account);
        const held = await withSession(connection, call, (session) => readHoldings(session, roles));
        return held.map(({ entitlement }) => entitlement);
      },
      async prove(account, id, call) {
        const roles = rolesOf(account);
        parseHolding(id, roles);
        return observe(world, () => withSession(connection, call, (session) => look(session, roles, id)));
      },
      remove: async (account, id, call) => takeAway(connection, rolesOf(account), id, call),
      grant: async (account, id, call) => giveHolding(connection, rolesOf(account), id, call),
      async preflight(account, call) {
        const roles = rolesOf(account);
        return observe(world, () => withSession(connection, call, (session) => judge(session, roles)));
      },
    };
  },
};

async function look(session: PostgresSession, roles: readonly string[], id: string): Promise<Sight> {
  const held = await readHoldings(session, roles);
  return held.some(({ entitlement }) => entitlement.id === id)
    ? ['yes', 'PostgreSQL shows it in its catalogue']
    : ['no', 'PostgreSQL knows the role, and does not show this in its catalogue'];
}

async function judge(session: PostgresSession, roles: readonly string[]): Promise<Sight> {
  const facts = await readFacts(session, roles).catch(orNone);
  if (facts === undefined) return ['no', 'PostgreSQL knows no role of this account'];
  if (facts.isStandby) return ['no', 'the server is a standby and takes no changes'];
  const hard = (await readHoldings(session, roles)).filter(({ able }) => !able);
  if (hard.length === 0) return ['yes', 'the connection may take away what REVOKE can take away'];
  return [
    'no',
    `the connection may not take away ${hard.length} of what is held: it lacks the rights of those who granted it`,
  ];
}

function orNone(error: unknown): undefined {
  if (!(error instanceof KeyturnError && error.code === 'not_found')) throw error;
}

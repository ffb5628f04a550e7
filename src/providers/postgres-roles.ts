import { setTimeout as sleep } from 'node:timers/promises';
import { escapeIdentifier, escapeLiteral } from 'pg';
import type { CredentialPort, CredentialState } from '../contract/credentials.ts';
import { KeyturnError } from '../contract/errors.ts';
import type { Read, Write } from '../contract/call.ts';
import type { World } from '../contract/provider.ts';
import type { Secret } from '../contract/secret.ts';
import { observe } from './observe.ts';
import type { PostgresConnection } from './postgres-connection.ts';
import { tryLogin } from './postgres-login.ts';
import { judgeRights } from './postgres-rights.ts';
import { referredRole } from './postgres-role-name.ts';
import { withSession, type PostgresSession } from './postgres-session.ts';
import { scramVerifier } from './scram-verifier.ts';

/** The login roles of an account; throws `invalid_request` when the account or one of them is no name to work with. */
export type RolesOf = (account: string) => readonly string[];

/** A role as `pg_roles` shows it, which needs no right at all; whether it has a password can't be seen there. */
export interface RoleState {
  readonly role: string;
  /** `absent`: revoked, that is NOLOGIN and expired since ever. */
  readonly status: CredentialState['status'] | 'absent';
}

/** What all providers of PostgreSQL roles have in common: everything but how a new secret comes in. */
export function rolePort(
  connection: PostgresConnection,
  world: World,
  rolesOf: RolesOf,
): Omit<CredentialPort, 'maxLive' | 'mint'> & Required<Pick<CredentialPort, 'suspension'>> {
  const session = <Result>(call: Read, use: (session: PostgresSession) => Promise<Result>) =>
    withSession(connection, call, use);
  return {
    outlives: 'sessions on standby servers are not seen from here, and live on until they are closed there',
    async list(account, call) {
      const states = await session(call, (opened) => readRoles(opened, rolesOf(account)));
      if (states.length === 0) throw new KeyturnError('not_found', 'PostgreSQL knows no role of this account');
      return states.flatMap(({ role, status }) =>
        status === 'absent'
          ? []
          : [{ ref: { connection: world.connection, account, id: role }, status, createdAt: 'unknown' }],
      );
    },
    async verify(ref, secret, call) {
      const role = referredRole(ref, rolesOf);
      return observe(world, async () => answers[await tryLogin(connection, role, secret, call)]);
    },
    async revoke(ref, call) {
      const end = `NOLOGIN PASSWORD NULL VALID UNTIL '-infinity'`;
      await session(call, (opened) => alter(opened, referredRole(ref, rolesOf), end)).catch(unlessGone);
    },
    suspension: {
      async disable(ref, call) {
        await session(call, (opened) => alter(opened, referredRole(ref, rolesOf), 'NOLOGIN')).catch(unlessGone);
      },
      enable: (ref, call) => session(call, (opened) => enable(opened, referredRole(ref, rolesOf))),
    },
    async lastUse(ref, call) {
      const sql = 'select 1 from pg_catalog.pg_stat_activity where usename = $1 limit 1';
      const open = await session(call, ({ query }) => query(sql, [referredRole(ref, rolesOf)]));
      return { at: open.length > 0 ? world.now().toISOString() : 'unknown', lagSeconds: 0 };
    },
    endSessions: (ref, call) => session(call, (opened) => terminate(opened, referredRole(ref, rolesOf), call)),
    async preflight(account, call) {
      const roles = rolesOf(account);
      return observe(world, () => session(call, (opened) => judgeRights(opened, roles)));
    },
  };
}

const answers = {
  accepted: ['yes', 'PostgreSQL asked for the secret and let the role in'],
  suspended: ['no', 'PostgreSQL bars the role from logging in'],
  refused: ['no', 'PostgreSQL refused the secret of the role'],
} as const;

/** The account's roles that exist. */
export async function readRoles({ query }: PostgresSession, roles: readonly string[]): Promise<RoleState[]> {
  const rows = await query<{ role: string; live: boolean; revoked: boolean }>(
    `select rolname as role, rolcanlogin as live, rolvaliduntil is not distinct from '-infinity' as revoked
       from pg_catalog.pg_roles where rolname = any($1) order by rolname`,
    [roles],
  );
  return rows.map(({ role, live, revoked }) => ({ role, status: live ? 'live' : revoked ? 'absent' : 'disabled' }));
}

/** Gives the role this secret and lets it log in. Sends a verifier, never the secret. `not_found` when there is no such role. */
export async function setSecret(
  connection: PostgresConnection,
  role: string,
  secret: Secret,
  call: Write,
): Promise<void> {
  const verifier = escapeLiteral(await scramVerifier(secret));
  await withSession(connection, call, (session) =>
    alter(session, role, `LOGIN PASSWORD ${verifier} VALID UNTIL 'infinity'`),
  );
}

async function alter({ change }: PostgresSession, role: string, attributes: string): Promise<void> {
  await change(`ALTER ROLE ${escapeIdentifier(role)} ${attributes}`);
}

async function enable(session: PostgresSession, role: string): Promise<void> {
  const [state] = await readRoles(session, [role]);
  if (state === undefined || state.status === 'absent') {
    throw new KeyturnError('not_found', 'the role was revoked or does not exist, so it can not be enabled');
  }
  await alter(session, role, 'LOGIN');
}

/** Sessions end some time after they were told to, so they are counted until none is left; new ones are told as well. */
async function terminate({ change }: PostgresSession, role: string, { signal }: Write): Promise<void> {
  for (let round = 0; round < 100; round += 1) {
    const left = await change(
      'select pg_terminate_backend(pid) from pg_stat_activity where usename = $1 and pid <> pg_backend_pid()',
      [role],
    );
    if (left.length === 0) return;
    await sleep(100, undefined, { signal }).catch(() => {
      throw new KeyturnError('unavailable', 'the call was told to stop before the sessions had ended');
    });
  }
  throw new KeyturnError('unavailable', 'sessions of the role are still open after ten seconds');
}

function unlessGone(error: unknown): void {
  if (!(error instanceof KeyturnError && error.code === 'not_found')) throw error;
}

import pg from 'pg';
import type { TemporalAt } from '../../src/dev/ground.ts';
import type { Playground } from '../../src/dev/playground.ts';
import { accessKeys } from './access-keys.ts';
import { askOpenBao } from './store-contents.ts';

type Backends = Playground<TemporalAt>['backends'];

/** Ids of all credentials of one of the demo's identities that exist and may log in, as the system itself lists them. */
export async function liveCredentials(backends: Backends, identity: string): Promise<readonly string[]> {
  if (identity === 'backup-key') return accessKeys(backends.aws);
  if (identity === 'orders-db') return loginRoles(backends, '^orders_[ab]$');
  if (identity === 'reports-db') return loginRoles(backends, '^reports');
  const { keys } = await askOpenBao(backends.openbao, 'LIST', 'auth/approle/role/ci/secret-id');
  return keys as string[];
}

async function loginRoles({ postgres }: Backends, pattern: string): Promise<string[]> {
  const client = new pg.Client(postgres);
  await client.connect();
  const statement = 'select rolname from pg_roles where rolname ~ $1 and rolcanlogin';
  const { rows } = await client.query<{ rolname: string }>(statement, [pattern]);
  await client.end();
  return rows.map(({ rolname }) => rolname);
}

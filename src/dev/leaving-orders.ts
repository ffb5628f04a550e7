import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import type { DeclaredIdentity } from '../contract/identity.ts';
import type { Playground } from './playground.ts';

const days = 86_400_000;

/**
 * Declares `orders-db` with all that an identity can have: a schedule, and grants. The demo's manifest leaves them out: a containment
 * takes grants away too, and a service that is re-opened there is meant to work at once.
 */
export async function declareOrdersInFull(
  { client, manifestPath }: Pick<Playground, 'client' | 'manifestPath'>,
  changed: Partial<DeclaredIdentity> = {},
): Promise<void> {
  const { identities } = parse(await readFile(manifestPath, 'utf8')) as { identities: DeclaredIdentity[] };
  const spec = identities.find(({ id }) => id === 'orders-db');
  if (!spec) throw new Error('the manifest of the demo has no orders-db');
  const entitlements = [{ connection: 'orders-db', account: 'orders' }];
  await client.declare({ ...spec, rotate: { every: '30d' }, entitlements, ...changed });
  const { id, kind } = spec;
  await client.changeSchedule(await client.planSchedule({ id, kind, rotate: { every: 30 * days } }));
}

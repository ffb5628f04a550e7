import { after, before } from 'node:test';
import type { CredentialPort } from '../../src/contract/credentials.ts';
import type { Provider } from '../../src/contract/provider.ts';
import { provider as passwordProvider } from '../../src/providers/credentials/postgres-password.ts';
import { provider as roleProvider } from '../../src/providers/credentials/postgres-role.ts';
import type { PostgresConnection } from '../../src/providers/postgres-connection.ts';
import { describeCredentialPort, type CredentialSystem } from '../conformance/credentials.ts';
import { describeHostileCredentialPort } from '../conformance/hostile-credentials.ts';
import type { HostileFault } from '../conformance/hostile.ts';
import { startHostileProxy, type Fault } from '../fakes/hostile-proxy.ts';
import {
  openDatabaseSession,
  openPostgresGround,
  postgresWords,
  world,
  type PostgresGround,
} from './postgres-ground.ts';

let ground: PostgresGround;
before(async () => (ground = await openPostgresGround()));
after(async () => ground.stop());

type PostgresProvider = Provider<CredentialPort, PostgresConnection>;

const faults: Readonly<Record<string, Fault & Pick<HostileFault, 'hits'>>> = {
  'nobody listens': { kind: 'refuse', hits: 'everything' },
  'the connection is reset': { kind: 'reset', hits: 'everything' },
  'every answer is lost': { kind: 'lose-reply', hits: 'everything' },
  'answers come too late': { kind: 'delay', milliseconds: 5_000, hits: 'everything' },
  'the connection is reset before a change': { kind: 'reset', when: 'ALTER ROLE', hits: 'writes' },
  'the answer to a change is lost': { kind: 'lose-reply', when: 'ALTER ROLE', hits: 'writes' },
};

for (const [provider, suffixes] of [
  [roleProvider, ['_a', '_b']],
  [passwordProvider, ['']],
] as const) {
  describeCredentialPort({ name: provider.kind, open: () => open(provider, suffixes) });
  describeHostileCredentialPort({
    name: provider.kind,
    open: () => openBehindProxy(provider, suffixes),
    faults: Object.entries(faults).map(([name, { hits }]) => ({ name, hits })),
  });
}

async function open(
  { create }: PostgresProvider,
  suffixes: readonly string[],
  changed: Partial<PostgresConnection> = {},
): Promise<CredentialSystem> {
  const { admin } = ground;
  return {
    port: create({ ...admin, ...changed }, world),
    account: await ground.account(suffixes),
    neighbour: await ground.account(suffixes),
    absent: 'nobody_here',
    secrets: [admin.password],
    remoteWords: postgresWords,
    openSession: (ref, secret) => openDatabaseSession(admin, ref.id, secret),
    close: async () => {},
  };
}

async function openBehindProxy(provider: PostgresProvider, suffixes: readonly string[]) {
  const proxy = await startHostileProxy(ground.admin);
  const { host, port } = proxy;
  return {
    ...(await open(provider, suffixes, { host, port, connectTimeoutMs: 1_000, timeoutMs: 1_000 })),
    disturb: (name: string | undefined) => proxy.meet(name === undefined ? undefined : faults[name]),
    close: () => proxy.close(),
  };
}

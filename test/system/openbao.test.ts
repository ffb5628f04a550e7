import { after } from 'node:test';
import type { World } from '../../src/contract/provider.ts';
import { provider as kvConsumer } from '../../src/providers/consumers/openbao-kv.ts';
import { provider as approle } from '../../src/providers/credentials/openbao-approle.ts';
import { provider as kvStore } from '../../src/providers/stores/openbao-kv.ts';
import { describeConsumerPort, type ConsumerSystem } from '../conformance/consumers.ts';
import { describeCredentialPort, type CredentialSystem } from '../conformance/credentials.ts';
import { describeHostileConsumerPort } from '../conformance/hostile-consumers.ts';
import { describeHostileCredentialPort } from '../conformance/hostile-credentials.ts';
import { describeHostileStorePort } from '../conformance/hostile-stores.ts';
import { describeStorePort, type StoreSystem } from '../conformance/stores.ts';
import { faults } from '../fakes/http-faults.ts';
import { worldOf } from '../fakes/world.ts';
import { policies, remoteWords, startFixture } from './openbao-fixture.ts';

const bao = await startFixture();
after(bao.stop);

// The whole run is done with the least rights, so what preflight asks for is enough.
const tokens = {
  store: await bao.tokenFor(policies.store),
  consumer: await bao.tokenFor(policies.consumer),
  approle: await bao.tokenFor(policies.approle),
};

let opened = 0;

interface Way {
  readonly address: string;
  readonly fetch: World['fetch'];
  readonly close: () => Promise<void>;
}

const direct: Way = { address: bao.address, fetch: globalThis.fetch, close: async () => {} };

function store({ address, fetch, close }: Way): StoreSystem {
  opened += 1;
  const place = `apps/${opened}/db`;
  const world = { ...worldOf('store'), fetch };
  return {
    port: kvStore.create(kvStore.config.parse({ address, token: tokens.store, timeoutMs: 300 }), world),
    identity: `orders-${opened}`,
    neighbour: `bystander-${opened}`,
    fingerprint: world.fingerprint,
    async plant(secret) {
      await bao.admin('POST', `secret/data/${place}`, { data: { password: secret.reveal(), other: 'x' } });
      return `${place}#password`;
    },
    secrets: [tokens.store],
    remoteWords,
    close,
  };
}

const at = async (target: string) => (await bao.admin('GET', `secret/data/${target}`)).json.data;

function consumer({ address, fetch, close }: Way): ConsumerSystem {
  opened += 1;
  const world = { ...worldOf('kv'), fetch };
  return {
    port: kvConsumer.create(kvConsumer.config.parse({ address, token: tokens.consumer, timeoutMs: 300 }), world),
    target: `team/${opened}/orders`,
    neighbour: `team/${opened}/bystander`,
    fingerprint: world.fingerprint,
    secretAt: async (target) => (await at(target))?.data?.password,
    changesAt: async (target) => (await at(target))?.metadata.version ?? 0,
    async tamper(target, secret) {
      const { data } = await at(target);
      await bao.admin('POST', `secret/data/${target}`, { data: { ...data, password: secret.reveal() } });
    },
    secrets: [tokens.consumer],
    remoteWords,
    close,
  };
}

async function roles({ address, fetch, close }: Way): Promise<CredentialSystem> {
  opened += 1;
  const [account, neighbour] = [`orders-${opened}`, `bystander-${opened}`];
  for (const role of [account, neighbour]) await bao.admin('POST', `auth/approle/role/${role}`, { token_ttl: '10m' });
  const world = { ...worldOf('approle'), fetch };
  return {
    port: approle.create(approle.config.parse({ address, token: tokens.approle, timeoutMs: 300 }), world),
    account,
    neighbour,
    absent: `absent-${opened}`,
    secrets: [tokens.approle],
    remoteWords,
    async openSession({ account: role }, secret) {
      const { json: id } = await bao.admin('GET', `auth/approle/role/${role}/role-id`);
      const body = { role_id: id.data.role_id, secret_id: secret.reveal() };
      const { json } = await bao.admin('POST', 'auth/approle/login', body);
      const headers = { 'x-vault-token': json.auth.client_token };
      return {
        isAlive: async () => (await bao.admin('GET', 'auth/token/lookup-self', undefined, headers)).status === 200,
        close: async () => {},
      };
    },
    close,
  };
}

describeStorePort({ name: 'openbao-kv', open: async () => store(direct) });
describeConsumerPort({ name: 'openbao-kv', open: async () => consumer(direct) });
describeCredentialPort({ name: 'openbao-approle', open: () => roles(direct) });

async function hostile<System>(create: (way: Way) => System | Promise<System>) {
  const way = await bao.hostileWay();
  return { ...(await create(way)), disturb: way.disturb };
}

describeHostileStorePort({ name: 'openbao-kv', faults, open: () => hostile(store) });
describeHostileConsumerPort({ name: 'openbao-kv', faults, open: () => hostile(consumer) });
describeHostileCredentialPort({ name: 'openbao-approle', faults, open: () => hostile(roles) });

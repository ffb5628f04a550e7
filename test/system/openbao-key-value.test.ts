import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { Secret } from '../../src/contract/secret.ts';
import { provider as kvConsumer } from '../../src/providers/consumers/openbao-kv.ts';
import { provider as kvStore } from '../../src/providers/stores/openbao-kv.ts';
import { call, refuses } from '../conformance/credentials/stage.ts';
import { startWorkload } from '../fakes/workload.ts';
import { worldOf } from '../fakes/world.ts';
import { policies, startFixture } from './openbao-fixture.ts';

const bao = await startFixture();
after(bao.stop);

const world = worldOf('bao');
const storeWith = (more: object = {}, as = world) =>
  kvStore.create(kvStore.config.parse({ address: bao.address, token: bao.token, ...more }), as);
const consumerWith = (more: object = {}, as = world) =>
  kvConsumer.create(kvConsumer.config.parse({ address: bao.address, token: bao.token, ...more }), as);
const notes = async (path: string) => (await bao.admin('GET', `secret/metadata/${path}`)).json.data.custom_metadata;

test('a place names identity and operation for people, and its operation in full or by digest', async () => {
  const operation = 'rotate/orders/1/run/1';
  const { ref } = await storeWith().put('orders', new Secret('s'), undefined, { ...call(), operation });
  assert.deepEqual(await notes(ref.path), { identity: 'orders', operation });
  const long = { ...call(), operation: 'x'.repeat(600) };
  const other = await storeWith().put('orders', new Secret('s'), undefined, long);
  assert.match((await notes(other.ref.path)).operation, /^sha256:[0-9a-f]{64}$/);
  await storeWith().destroy(other.ref, call());
  await refuses(['not_found'], () => storeWith().get(other.ref, call()));
});

test('what somebody else put at the place of an operation, or took away there, is a conflict and stays as it is', async () => {
  const write = call();
  const { ref } = await storeWith().put('emptied', new Secret('s'), undefined, write);
  await bao.admin('DELETE', `secret/data/${ref.path}`);
  await refuses(['not_found'], () => storeWith().get(ref, call()));
  assert.equal(await storeWith().find('emptied', write.operation, call()), undefined);
  await refuses(['conflict'], () => storeWith().put('emptied', new Secret('t'), undefined, write));
  await bao.admin('POST', `secret/data/${ref.path}`, {
    options: { cas: 1 },
    data: { secret: 'x', operation: 'other' },
  });
  await refuses(['conflict'], () => storeWith().find('emptied', write.operation, call()));
});

test('I5: a secret in our folder that carries no note of ours is not destroyed', async () => {
  const path = `keyturn/orders/${'0'.repeat(32)}`;
  await bao.admin('POST', `secret/data/${path}`, { data: { secret: 'theirs' } });
  await refuses(['denied'], () => storeWith().destroy({ path, version: 1 }, call()));
  assert.equal((await storeWith().get({ path, version: 1 }, call())).reveal(), 'theirs');
  await refuses(['denied'], () => storeWith().destroy({ path: 'keyturn/orders', version: 1 }, call()));
  const { ref } = await storeWith().put('orders', new Secret('s'), undefined, call());
  await refuses(['denied'], () => storeWith({ root: 'other' }).destroy(ref, call()));
});

test('F2: preflight says no to missing rights, naming them, to an absent mount and to one without versions', async () => {
  const token = await bao.tokenFor(policies.store.replace('"create", "read", "update"', '"create", "read"'));
  const short = await storeWith({ token }).preflight('orders', call());
  assert.equal(`${short.is}: ${short.because}`, 'no: the token lacks: update on its data');
  await refuses(['denied'], () => storeWith({ token }).put('orders', new Secret('s'), undefined, call()));
  assert.equal((await storeWith({ mount: 'absent' }).preflight('orders', call())).is, 'no');
  await bao.admin('POST', 'sys/mounts/plain', { type: 'kv', options: { version: '1' } });
  assert.equal((await storeWith({ mount: 'plain' }).preflight('orders', call())).is, 'no');
  assert.equal((await storeWith({ token: new Secret('s.wrong') }).preflight('orders', call())).is, 'no');
});

const secret = new Secret('s-0123456789');
const credential = {
  ref: { connection: 'db', account: 'a', id: 'id-1' },
  secret,
  fingerprint: world.fingerprint(secret),
};
const at = async (path: string) => (await bao.admin('GET', `secret/data/${path}`)).json.data;

test('other fields stay, and a change that somebody else makes meanwhile is kept', async () => {
  await bao.admin('POST', 'secret/data/app/busy', { data: { host: 'one', password: 'old' } });
  let changes = 0;
  const busy = consumerWith(
    {},
    {
      ...world,
      async fetch(input, init) {
        if (init?.method === 'POST' && changes < 2) {
          changes += 1;
          await bao.admin('POST', 'secret/data/app/busy', { data: { host: `host-${changes}`, password: 'old' } });
        }
        return fetch(input, init);
      },
    },
  );
  await busy.deliver('app/busy', credential, call());
  const { data, metadata } = await at('app/busy');
  const { fingerprint } = credential;
  assert.deepEqual(data, { host: 'host-2', username: 'id-1', password: secret.reveal(), fingerprint });
  assert.equal(metadata.version, 4);
});

test('F12: a path that somebody else writes all the time is a conflict, and nothing of theirs is overwritten', async () => {
  const restless = consumerWith(
    {},
    {
      ...world,
      async fetch(input, init) {
        if (init?.method === 'POST') await bao.admin('POST', 'secret/data/app/restless', { data: { host: 'theirs' } });
        return fetch(input, init);
      },
    },
  );
  await refuses(['conflict'], () => restless.deliver('app/restless', credential, call()));
  assert.deepEqual((await at('app/restless')).data, { host: 'theirs' });
});

test('a path whose newest version was deleted takes the credential, with nothing of the deleted one', async () => {
  await bao.admin('POST', 'secret/data/app/gone', { data: { host: 'one' } });
  await bao.admin('DELETE', 'secret/data/app/gone');
  await consumerWith().deliver('app/gone', credential, call());
  assert.deepEqual(Object.keys((await at('app/gone')).data).toSorted(), ['fingerprint', 'password', 'username']);
  assert.equal((await consumerWith().verify('app/gone', credential.fingerprint, call())).is, 'yes');
});

test('a secret that was there before Keyturn came is recognised without a fingerprint beside it', async () => {
  await bao.admin('POST', 'secret/data/app/adopted', { data: { password: secret.reveal() } });
  assert.equal((await consumerWith().verify('app/adopted', credential.fingerprint, call())).is, 'yes');
  assert.throws(() => consumerWith({ secretField: 'fingerprint' }));
  const other = consumerWith({ secretField: 'pass' });
  assert.equal((await other.verify('app/adopted', credential.fingerprint, call())).is, 'no');
});

test('F6: with a workload, delivered is not running: it has to reload, and to report that it works', async () => {
  const path = 'app/reloaded';
  const workload = await startWorkload(async () => (await at(path))?.data);
  const port = consumerWith({ workload: { baseUrl: workload.url, timeoutMs: 300 } });
  const isOn = async () => (await port.verify(path, credential.fingerprint, call())).is;
  assert.equal(await isOn(), 'no');
  await port.deliver(path, credential, call());
  assert.equal(await isOn(), 'no');
  await port.apply?.(path, call());
  assert.equal(await isOn(), 'yes');
  assert.equal((await port.preflight?.(path, call()))?.is, 'yes');
  workload.at('').working = false;
  assert.equal(await isOn(), 'no');
  workload.at('').working = true;
  await bao.admin('POST', `secret/data/${path}`, { data: { password: 'another' } });
  assert.equal(await isOn(), 'no');
  await port.deliver(path, credential, call());
  await workload.close();
  assert.equal(await isOn(), 'unknown');
  assert.equal((await port.preflight?.(path, call()))?.is, 'unknown');
  await refuses(['unavailable'], async () => port.apply?.(path, call()));
  assert.ok(!('apply' in consumerWith()));
});

test('a sealed OpenBao is unavailable, to questions and changes alike, and says so', async () => {
  await bao.admin('PUT', 'sys/seal');
  const sealed = { code: 'unavailable', hint: 'OpenBao is sealed' };
  await assert.rejects(() => storeWith().find('orders', 'x', call()), sealed);
  await assert.rejects(() => storeWith().put('orders', new Secret('s'), undefined, call()), sealed);
});

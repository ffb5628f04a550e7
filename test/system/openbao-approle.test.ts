import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { provider } from '../../src/providers/credentials/openbao-approle.ts';
import { call, refuses } from '../conformance/credentials/stage.ts';
import { worldOf } from '../fakes/world.ts';
import { policies, startFixture } from './openbao-fixture.ts';

const bao = await startFixture();
after(bao.stop);

const approleWith = (more: object = {}) =>
  provider.create(provider.config.parse({ address: bao.address, token: bao.token, ...more }), worldOf('bao'));

/** A role of its own, with one secret id that works. */
async function roleWith(account: string, settings: object = {}) {
  await bao.admin('POST', `auth/approle/role/${account}`, settings);
  const port = approleWith();
  assert.ok(port.mint.at === 'home');
  const secret = port.mint.draw();
  return { port, mint: port.mint, secret, ref: await port.mint.install(account, secret, undefined, call()) };
}

const login = async (role: string, secretId: string) => {
  const { json: id } = await bao.admin('GET', `auth/approle/role/${role}/role-id`);
  return bao.admin('POST', 'auth/approle/login', { role_id: id.data.role_id, secret_id: secretId });
};

test('F4: however often a wrong or revoked secret id is tried, the role is not locked for its workloads', async () => {
  const { port, mint, secret: kept, ref } = await roleWith('steady');
  const ended = mint.draw();
  const old = await mint.install('steady', ended, ref, call());
  await port.revoke(old, call());
  for (let round = 0; round < 8; round += 1) {
    assert.equal((await port.verify(ref, kept.spoiled(), call())).is, 'no');
    assert.equal((await port.verify(old, ended, call())).is, 'no');
  }
  assert.equal((await login('steady', kept.reveal())).status, 200);
  // The fact that this rests on: OpenBao itself locks after five refused logins.
  const { secret: workload } = await roleWith('locked');
  for (let round = 0; round < 5; round += 1) await login('locked', 'wrong');
  assert.equal((await login('locked', workload.reveal())).status, 403);
});

test('a secret is no to the reference of another secret id', async () => {
  const { port, mint, ref } = await roleWith('mixed');
  const other = mint.draw();
  await mint.install('mixed', other, undefined, call());
  assert.equal((await port.verify(ref, other, call())).is, 'no');
});

const tokens = async () => (await bao.admin('GET', 'auth/token/accessors?list=true')).json.data.keys.length;

test('a probe leaves no token behind', async () => {
  const { port, secret, ref } = await roleWith('probed');
  const before = await tokens();
  assert.equal((await port.verify(ref, secret, call())).is, 'yes');
  assert.equal(await tokens(), before);
});

test('F15: tokens of an adopted secret id are not ended by guess, and are named until they are gone', async () => {
  await bao.admin('POST', 'auth/approle/role/adopted', {});
  const port = approleWith();
  const { json } = await bao.admin('POST', 'auth/approle/role/adopted/secret-id', {});
  const [state] = await port.list('adopted', call());
  assert.ok(state);
  assert.equal(state.ref.id, json.data.secret_id_accessor);
  const { auth } = (await login('adopted', json.data.secret_id)).json;
  await port.revoke(state.ref, call());
  await refuses(['unavailable'], async () => port.endSessions?.(state.ref, call()));
  const isAlive = async () =>
    (await bao.admin('POST', 'auth/token/lookup-accessor', { accessor: auth.accessor })).status;
  assert.equal(await isAlive(), 200);
  await bao.admin('POST', 'auth/token/revoke-accessor', { accessor: auth.accessor });
  await port.endSessions?.(state.ref, call());
});

test('a secret id with a limited number of logins is not used up: verify is unknown, and preflight says no to its role', async () => {
  const { port, secret, ref } = await roleWith('once', { secret_id_num_uses: 1 });
  assert.equal((await port.verify(ref, secret, call())).is, 'unknown');
  assert.equal((await login('once', secret.reveal())).status, 200);
  assert.equal((await port.preflight?.('once', call()))?.is, 'no');
  await bao.admin('POST', 'auth/approle/role/open', { bind_secret_id: false, token_bound_cidrs: '127.0.0.1/32' });
  assert.equal((await port.preflight?.('open', call()))?.is, 'no');
});

test('F25: a login that is refused for the address is unknown, since the secret id may work elsewhere', async () => {
  const { port, secret, ref } = await roleWith('far', { secret_id_bound_cidrs: '192.0.2.0/24' });
  assert.equal((await port.verify(ref, secret, call())).is, 'unknown');
});

test('F2: preflight says no when one single right is missing, and without endTokens those on tokens are not needed', async () => {
  await bao.admin('POST', 'auth/approle/role/rights', {});
  const lines = policies.approle.trim().split('\n');
  const saidBy = async (kept: string[], more: object = {}) => {
    const token = await bao.tokenFor(kept.join('\n'));
    return (await approleWith({ token, ...more }).preflight?.('rights', call()))?.is;
  };
  assert.equal(await saidBy(lines), 'yes');
  for (const line of lines) {
    assert.equal(await saidBy(lines.filter((each) => each !== line)), 'no', line.trim());
  }
  const withoutTokens = lines.filter((line) => !line.includes('auth/token'));
  assert.equal(await saidBy(withoutTokens, { endTokens: false }), 'yes');
  assert.ok(!('endSessions' in approleWith({ endTokens: false })));
});

test('a reference that names something else than a secret id is refused before it is sent', async () => {
  const { port, secret, ref } = await roleWith('plain');
  const names = ['', '../x', 'a/b', '"; DROP ROLE x; --', 'two\nlines', 'schlüssel', 'x'.repeat(10_240)];
  for (const name of names) {
    for (const wrong of [
      { ...ref, id: name },
      { ...ref, account: name },
    ]) {
      await refuses(['invalid_request'], () => port.revoke(wrong, call()));
      await refuses(['invalid_request'], () => port.verify(wrong, secret, call()));
      await refuses(['invalid_request'], async () => port.endSessions?.(wrong, call()));
    }
  }
  await refuses(['invalid_request'], () => port.revoke({ ...ref, id: `${ref.id}x` }, call()));
  assert.equal((await port.verify(ref, secret, call())).is, 'yes');
});

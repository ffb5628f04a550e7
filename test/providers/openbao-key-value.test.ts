import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Secret } from '../../src/contract/secret.ts';
import { openbaoConnection, openOpenBao } from '../../src/providers/openbao-client.ts';
import { openKeyValue, readSecret } from '../../src/providers/openbao-key-value.ts';
import { call, refuses } from '../conformance/credentials/stage.ts';
import { worldOf } from '../fakes/world.ts';

/** A key-value engine behind a server that says always the same. */
function answeredBy(status: number, body: unknown) {
  const connection = openbaoConnection.parse({ address: 'https://bao.example', token: new Secret('s.x') });
  const fetch = () => Promise.resolve(new Response(status === 204 ? null : JSON.stringify(body), { status }));
  return openKeyValue(openOpenBao(connection, { ...worldOf('bao'), fetch }), ['secret']);
}

const versionTwo = { data: { data: { secret: 'new' }, metadata: { version: 2 } } };

test('a version that is not the one asked for is no answer', async () => {
  const kv = answeredBy(200, versionTwo);
  assert.equal((await readSecret(kv, 'a', call(), 2)).secret.reveal(), 'new');
  await refuses(['unavailable'], () => readSecret(kv, 'a', call(), 1));
});

test('a write that is answered without a version, as by version 1 of the engine, leaves the outcome unknown', async () => {
  await refuses(['outcome_unknown'], () => answeredBy(204, '').write(['a'], {}, 0, call()));
  await refuses(['outcome_unknown'], () => answeredBy(200, { data: {} }).write(['a'], {}, 0, call()));
});

test('a deleted version has its number and no fields, and what was never written has neither', async () => {
  const deleted = answeredBy(404, { data: { data: null, metadata: { version: 3 } } });
  assert.deepEqual(await deleted.read(['a'], call()), { version: 3, fields: undefined });
  await refuses(['not_found'], () => readSecret(deleted, 'a', call()));
  assert.equal(await answeredBy(404, { errors: [] }).read(['a'], call()), undefined);
});

test('an answer that is not that of the engine is no answer', async () => {
  for (const body of [{ data: {} }, { data: { secret: 'x' } }, { data: { data: {}, metadata: { version: '1' } } }]) {
    await refuses(['unavailable'], () => answeredBy(200, body).read(['a'], call()));
  }
});

test('path#field names a field, and the field is secret where none is named', async () => {
  const entry = { data: { data: { secret: 'one', pass: 'two', port: 5432, empty: '' }, metadata: { version: 1 } } };
  const kv = answeredBy(200, entry);
  assert.equal((await readSecret(kv, 'apps/db', call())).secret.reveal(), 'one');
  assert.equal((await readSecret(kv, 'apps/db#pass', call())).secret.reveal(), 'two');
  for (const field of ['port', 'empty', 'absent', '__proto__', 'constructor']) {
    await refuses(['not_found'], () => readSecret(kv, `apps/db#${field}`, call()));
  }
});

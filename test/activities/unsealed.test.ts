import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KeyturnError, type ErrorCode } from '../../src/contract/errors.ts';
import { Desk } from './desk.ts';

const failing = (code: ErrorCode) => () => Promise.reject(new KeyturnError(code, 'a test'));

/** A desk whose store takes no secret, and says it with this error. */
const withoutStore = (code: ErrorCode) =>
  new Desk('overlap', (world) => ({ ...world, store: { ...world.store, put: failing(code) } })).hold();

for (const code of ['unavailable', 'denied'] as const)
  test(`F1, I2, I5: a credential whose secret the store did not take (${code}) is revoked at once`, async () => {
    const desk = withoutStore(code);
    const before = desk.snapshot();
    await assert.rejects(
      desk.run((all) => all.issueCredential(desk.minting)),
      { type: code },
    );
    assert.deepEqual(desk.snapshot(), before);
  });

test('F1, I2: while nobody knows whether the store took the secret, its credential stays, and the run is told to look', async () => {
  const desk = withoutStore('outcome_unknown');
  await assert.rejects(
    desk.run((all) => all.issueCredential(desk.minting)),
    { type: 'outcome_unknown' },
  );
  assert.equal(desk.world.system.credentials.length, 2);
});

test('I5: where it can be neither sealed nor revoked, the run is told to look for it', async () => {
  const desk = new Desk('overlap', (world) => {
    const port = { ...world.credentials.get('db')!, revoke: failing('unavailable') };
    return { ...world, credentials: new Map([['db', port]]), store: { ...world.store, put: failing('unavailable') } };
  }).hold();
  await assert.rejects(
    desk.run((all) => all.issueCredential(desk.minting)),
    { type: 'outcome_unknown', message: /was made, and whether its secret was sealed is not known/ },
  );
});

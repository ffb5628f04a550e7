import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Survey } from '../../src/activities/survey.ts';
import { words } from '../../src/contract/duration-words.ts';
import { retirementAfterApproval, rotationCommands, strategyOf } from '../../src/workflows/rules/plan.ts';
import { ordersSpec as spec } from '../fakes/orders-spec.ts';

const survey: Survey = {
  maxLive: 2,
  mint: 'home',
  suspends: true,
  endsSessions: true,
  tellsLastUse: true,
  current: {
    ref: { connection: 'db', account: 'orders', id: 'orders_a' },
    secret: { ref: { path: 'apps/orders', version: 1 }, fingerprint: 'hmac-sha256:0' },
  },
  listed: [],
  consumers: {
    api: { by: 'machine', applies: true },
    batch: { by: 'machine', applies: false },
    legacy: { by: 'person', instructions: 'By hand.' },
  },
};

const strategies: readonly [maxLive: number | null, mint: Survey['mint'], is: string][] = [
  [1, 'home', 'in-place'],
  [1, 'provider', 'in-place'],
  [2, 'home', 'alternate'],
  [3, 'home', 'alternate'],
  [null, 'home', 'overlap'],
  [2, 'provider', 'overlap'],
  [null, 'provider', 'overlap'],
];
for (const [maxLive, mint, is] of strategies) {
  test(`${maxLive ?? 'any number of'} live at once, minted at the ${mint}, is ${is}`, () =>
    assert.equal(strategyOf({ maxLive, mint }), is));
}

test('the plan of an alternate rotation names every command in order, canary first, person and machine', () => {
  assert.deepEqual(rotationCommands(spec, survey), [
    'draw a new secret and seal it in the store',
    'install the new secret for orders at db',
    'prove it: 3 logins in a row within 30s, and a wrong secret refused',
    'deliver to consumer batch',
    'verify that consumer batch runs on it',
    'deliver to consumer api',
    'reload consumer api',
    'verify that consumer api runs on it',
    'ask a person to move consumer legacy, and who did it',
    'stay quiet for 10m',
    'ask: may orders_a be retired',
    'disable orders_a',
    'observe for 5m, then verify every consumer again',
    'revoke orders_a',
    'end the sessions of orders_a',
    'prove that the old secret of orders_a is refused',
    'record the new credential as current',
  ]);
});

test('the plan of an in-place rotation asks before it interrupts, and revokes nothing', () => {
  const commands = rotationCommands(spec, { ...survey, maxLive: 1 });
  assert.ok(
    commands.indexOf('ask: may orders at db be interrupted') < commands.findIndex((each) => each.startsWith('install')),
  );
  assert.ok(
    commands.indexOf('draw a new secret and seal it in the store') === 0,
    'I2: sealed before it is asked about',
  );
  assert.deepEqual(
    commands.filter((each) => /^(disable|revoke|end the sessions)/.test(each)),
    [],
  );
});

test('the plan where the provider chooses the secret draws none', () => {
  const [first] = rotationCommands(spec, { ...survey, mint: 'provider' });
  assert.equal(first, 'create a new credential for orders at db and seal its secret in the store');
});

test('what an approval unlocks stands in the plan word for word, in the same order', () => {
  for (const suspends of [true, false]) {
    for (const endsSessions of [true, false]) {
      const able = { ...survey, suspends, endsSessions };
      const all = rotationCommands(spec, able);
      const unlocked = retirementAfterApproval(spec, able, 'orders_a');
      const from = all.indexOf(unlocked[0]!);
      assert.deepEqual(all.slice(from, from + unlocked.length), unlocked);
      assert.equal(
        unlocked.some((each) => each.startsWith('disable')),
        suspends,
      );
      assert.equal(
        unlocked.some((each) => /sessions/.test(each)),
        endsSessions,
      );
      assert.ok(unlocked.includes('revoke orders_a'));
    }
  }
});

const lengths: readonly [ms: number, is: string][] = [
  [0, '0ms'],
  [999, '999ms'],
  [1_000, '1s'],
  [1_500, '1500ms'],
  [90_000, '90s'],
  [600_000, '10m'],
  [3_600_000, '1h'],
  [259_200_000, '3d'],
  [86_400_000 + 3_600_000, '25h'],
];
for (const [ms, is] of lengths) test(`${ms} ms is spelled ${is}`, () => assert.equal(words(ms), is));

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KeyturnError } from '../../src/contract/errors.ts';
import { referredRole, roleName } from '../../src/providers/postgres-role-name.ts';

const taken = ['orders', 'Orders', '_orders', 'orders_2', 'orders$', 'x', 'o'.repeat(61), 'pgbouncer'];

const refused = [
  '',
  ' ',
  'o'.repeat(62),
  'o'.repeat(10_240),
  '2orders',
  '$orders',
  'orders-app',
  'or ders',
  'orders;',
  '"orders"',
  '"; DROP ROLE orders; --',
  "orders' --",
  '../orders',
  'orders/a',
  'orders\n',
  'two\nlines',
  'or\0ders',
  'orders\u007f',
  '\u001b[2J',
  'bestellungen_ü',
  'оrders',
  'orders\u200b',
  'pg_monitor',
  'PG_monitor',
  'public',
  'None',
];

for (const name of taken) {
  test(`${JSON.stringify(name.slice(0, 40))} is taken as it is`, () => {
    assert.equal(roleName(name, 'account'), name);
  });
}

for (const name of refused) {
  test(`${JSON.stringify(name.slice(0, 40))} (${name.length} characters) is refused, by the field and not by what it says`, () => {
    assert.throws(
      () => roleName(name, 'account'),
      (error) => {
        assert.ok(error instanceof KeyturnError);
        assert.equal(error.code, 'invalid_request');
        assert.ok(error.message.startsWith('account: expected'));
        assert.ok(name.trim().length < 3 || !error.message.includes(name));
        return true;
      },
    );
  });
}

test('a reference must name a role of its account', () => {
  const rolesOf = (account: string) => [`${account}_a`, `${account}_b`];
  const ref = { connection: 'main', account: 'orders', id: 'orders_b' };
  assert.equal(referredRole(ref, rolesOf), 'orders_b');
  for (const id of ['orders', 'orders_c', 'billing_a', '']) {
    assert.throws(() => referredRole({ ...ref, id }, rolesOf), { code: 'invalid_request' });
  }
});

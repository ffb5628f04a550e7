import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseHolding, shown } from '../../src/providers/postgres-holding-ids.ts';

const parsed = {
  'orders SELECT on table public.invoices': { privilege: 'SELECT', kind: 'table', name: 'public.invoices' },
  'orders ALTER SYSTEM on parameter work_mem': { privilege: 'ALTER SYSTEM', kind: 'parameter', name: 'work_mem' },
  'orders USAGE on foreign data wrapper "the one"': { kind: 'foreign data wrapper', name: '"the one"' },
  'orders EXECUTE on routine public.f(integer)': { kind: 'routine', name: 'public.f(integer)' },
  'orders SELECT on new large objects of alice': { kind: 'new large objects', name: 'of alice' },
  'orders SELECT on table " on table "."x"': { kind: 'table', name: '" on table "."x"' },
  'orders member of "Reporting Team"': { group: '"Reporting Team"' },
  'orders attribute CREATEDB': { attribute: 'CREATEDB' },
  'orders owns table public.invoices': {},
  'orders holds something on publication news': {},
  'orders holds things in database billing': {},
};

for (const [id, parts] of Object.entries(parsed)) {
  test(`"${id}" is taken apart`, () => {
    const { role, ...rest } = parseHolding(id, ['orders']);
    assert.equal(role, 'orders');
    for (const [part, text] of Object.entries(parts)) assert.equal(rest[part as keyof typeof rest], text);
  });
}

const refused = [
  'billing SELECT on table public.invoices',
  'orders_a SELECT on table x',
  'Orders SELECT on table x',
  ' orders SELECT on table x',
  'orders  SELECT on table x',
  'orders SELECT on table ',
  'orders SELECT on TABLE x',
  'orders SELECT; on table x',
  'orders SELECT (a) on table x',
  'orders member of ',
  'orders attribute CREATEDB PASSWORD',
  'orders attribute createdb',
  'orders may do anything',
  'orders SELECT on table x\ny',
  'orders SELECT on table \u202ex',
  `orders SELECT on table ${'x'.repeat(1_000)}`,
];

for (const id of refused) {
  test(`${JSON.stringify(id.slice(0, 60))} is refused, without repeating it`, () => {
    assert.throws(
      () => parseHolding(id, ['orders']),
      (error: { code?: string; message?: string }) =>
        error.code === 'invalid_request' && !error.message?.includes(id.trim()),
    );
  });
}

test('a name that a person can read stands as it is, and another one gives way to its number', () => {
  assert.equal(shown('public."Odd ""Table"', '7'), 'public."Odd ""Table"');
  for (const name of ['two\nlines', '\u202eltr', '\u2028', 'x'.repeat(701), null])
    assert.equal(shown(name, '7'), 'oid 7');
});

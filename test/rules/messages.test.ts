import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { parseConfirm, parseOrder, type Parsed } from '../../src/contract/parse-messages.ts';
import { malformedConfirms, malformedOrders } from '../fakes/malformed-messages.ts';

const parsers: readonly [name: string, parse: (raw: unknown) => Parsed<object>, right: Record<string, unknown>][] = [
  [
    'parseConfirm',
    parseConfirm,
    { gate: 'retirement', decision: 'approve', approver: 'dana', comment: 'c', plan: 'sha256:0', proof: 'p' },
  ],
  ['parseOrder', parseOrder, { by: 'dana', reason: 'a test' }],
];

for (const [name, parse, right] of parsers) {
  test(`${name} never throws, for any JSON value and any value at all`, () => {
    const near = fc.record(
      Object.fromEntries(
        Object.keys(right).map((field) => [field, fc.oneof(fc.constant(right[field]), fc.jsonValue())]),
      ),
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), near, fc.anything({ withNullPrototype: true })), (raw) => {
        const parsed = parse(raw);
        if (!parsed.ok) assert.ok(parsed.because.length > 0 && parsed.because.length < 200);
        else for (const value of Object.values(parsed.value)) assert.ok(typeof value === 'string' && value.length > 0);
      }),
      { numRuns: 2_000 },
    );
  });

  test(`${name} takes what is right as it is`, () => {
    assert.deepEqual(parse(right), { ok: true, value: right });
  });
}

for (const [what, raw, because] of malformedConfirms)
  test(`a confirm that is ${what} is refused, and the field is named`, () => {
    const parsed = parseConfirm(raw);
    assert.match(parsed.ok ? 'taken' : parsed.because, because);
  });

for (const [what, raw, because] of malformedOrders)
  test(`an order that is ${what} is refused, and the field is named`, () => {
    const parsed = parseOrder(raw);
    assert.match(parsed.ok ? 'taken' : parsed.because, because);
  });

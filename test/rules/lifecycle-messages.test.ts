import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { problemWith } from '../../src/workflows/rules/lifecycle-messages.ts';

const credential = {
  ref: { connection: 'db', account: 'orders', id: 'orders_b' },
  secret: { ref: { path: 'keyturn/orders', version: 1 }, fingerprint: 'hmac-sha256:0' },
};
const open = { operation: 'rotate/orders/1/r', verb: 'rotateCredential', workflowId: 'rotate/orders/1', runId: 'r' };
const note = { operation: open.operation, successor: credential, as: 'next' };
const close = { operation: open.operation, result: 'completed', waivers: [], current: credential };

const right: readonly [update: 'open' | 'note' | 'close', sent: unknown][] = [
  ['open', open],
  ['note', note],
  ['close', close],
  ['close', { ...close, current: undefined }],
];

for (const [update, sent] of right)
  test(`${update} takes ${Object.keys(Object(sent)).join(', ')}`, () =>
    assert.equal(problemWith(update, sent), undefined));

type Wrong = readonly [update: 'open' | 'note' | 'close', what: string, sent: unknown, because: RegExp];

const wrong: readonly Wrong[] = [
  ...(['open', 'note', 'close'] as const).flatMap((update): Wrong[] => [
    [update, 'nothing', undefined, /expected one object/],
    [update, 'null', null, /expected one object/],
    [update, 'a list', [open], /expected one object/],
    [update, 'a text', 'rotate/orders/1', /expected one object/],
    [update, 'no operation', { ...note, ...close, ...open, operation: undefined }, /\.operation: /],
    [update, 'an operation that is an object', { ...close, ...open, operation: {} }, /\.operation: /],
  ]),
  ['open', 'an oversize verb', { ...open, verb: 'x'.repeat(1_001) }, /^open\.verb: /],
  ['open', 'no run', { ...open, runId: '' }, /^open\.runId: /],
  ['note', 'no successor', { ...note, successor: undefined }, /^note\.successor: /],
  ['note', 'a successor that is a text', { ...note, successor: 'orders_b' }, /^note\.successor: /],
  ['note', 'a successor without a secret', { ...note, successor: { ref: credential.ref } }, /^note\.successor: /],
  ['note', 'no word on what it is now', { ...note, as: undefined }, /^note\.as: /],
  ['close', 'no result', { ...close, result: 7 }, /^close\.result: /],
  ['close', 'no waivers', { ...close, waivers: undefined }, /^close\.waivers: /],
  ['close', 'a current credential that is null', { ...close, current: null }, /^close\.current: /],
];

for (const [update, what, sent, because] of wrong)
  test(`${update} with ${what} is refused, and the field is named`, () =>
    assert.match(problemWith(update, sent) ?? 'taken', because));

test('looking for what is wrong with a message never throws, for any value at all', () => {
  const update = fc.constantFrom('open', 'note', 'close');
  const near = fc.record({ operation: fc.string(), successor: fc.jsonValue(), current: fc.jsonValue() });
  fc.assert(
    fc.property(update, fc.oneof(fc.jsonValue(), near, fc.anything({ withNullPrototype: true })), (name, sent) => {
      const problem = problemWith(name, sent);
      assert.ok(problem === undefined || problem.length > 0);
    }),
    { numRuns: 2_000 },
  );
});

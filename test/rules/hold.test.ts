import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Holder, Succession } from '../../src/contract/lifecycle.ts';
import type { Waiver } from '../../src/contract/identity.ts';
import type { Credential } from '../../src/contract/references.ts';
import {
  begin,
  closedBy,
  declaredAs,
  judgeOpening,
  lost,
  noted,
  taken,
  type LifecycleState,
} from '../../src/workflows/rules/hold.ts';
import { ordersSpec as spec } from '../fakes/orders-spec.ts';

const day = 86_400_000;
const at = '2026-03-01T12:00:00.000Z';
const later = '2026-03-05T12:00:00.000Z';
const holder = (operation: string): Holder => ({
  operation,
  verb: 'rotateCredential',
  workflowId: `rotate/orders/${operation}`,
  runId: 'run',
});
const credential = (id: string): Credential => ({
  ref: { connection: 'db', account: 'orders', id },
  secret: { ref: { path: `keyturn/${id}`, version: 1 }, fingerprint: `hmac-sha256:${id}` },
});
const waiver = (reason: string): Waiver => ({ consumer: 'jobs', by: 'dana', reason, at, operation: 'one' });
const declared = declaredAs(begin('orders'), spec, at);
const held = taken(declared, holder('one'), at);
const close = (state: LifecycleState, operation: string, change = {}) =>
  closedBy(state, { operation, result: 'completed', waivers: [], ...change }, later);

test('whom nobody holds may be opened, and is rotating from then on', () => {
  assert.equal(judgeOpening(declared, holder('one')).may, true);
  assert.deepEqual([held.state, held.hold], ['rotating', { ...holder('one'), since: at }]);
});

test('F12: a second operation is refused, and the answer names the first', () => {
  const { may, code, because } = judgeOpening(held, holder('two'));
  assert.deepEqual([may, code], [false, 'identity_busy']);
  assert.match(because, /rotateCredential rotate\/orders\/one has held it since 2026-03-01/);
});

test('the holder may open again, and holds it since the first time', () => {
  assert.equal(judgeOpening(held, holder('one')).may, true);
  assert.equal(taken(held, holder('one'), later), held);
});

for (const state of ['contained', 'offboarded'] as const)
  test(`an identity that is ${state} refuses every operation`, () => {
    const { may, code, because } = judgeOpening({ ...declared, state }, holder('one'));
    assert.deepEqual([may, code], [false, 'identity_contained']);
    assert.match(because, new RegExp(state));
  });

test('an operation that was closed does not get the hold again, however late its first attempt arrives', () => {
  assert.equal(judgeOpening(close(held, 'one'), holder('one')).may, false);
});

test('an operation that lost the hold does not get it again', () => {
  assert.equal(judgeOpening(lost(held), holder('one')).may, false);
});

test('closing gives the hold back with the current credential; the second time and from a stranger it changes nothing', () => {
  const closed = close(held, 'one', { current: credential('B'), waivers: [waiver('r')] });
  assert.deepEqual(
    [closed.hold, closed.state, closed.current, closed.exceptions, closed.lastRotation],
    [undefined, 'active', credential('B'), [waiver('r')], later],
  );
  assert.equal(close(closed, 'one', { current: credential('C') }), closed);
  assert.equal(close(held, 'stranger', { current: credential('C') }), held);
});

test('an operation that rolled back leaves the current credential and the last rotation as they were', () => {
  const before = close(held, 'one', { current: credential('B') });
  const rolledBack = close(taken(before, holder('two'), later), 'two', { result: 'rolled-back' });
  assert.deepEqual(
    [rolledBack.current, rolledBack.lastRotation, rolledBack.dueAt],
    [credential('B'), before.lastRotation, before.dueAt],
  );
});

const next = (operation: string, id: string): Succession => ({ operation, successor: credential(id), as: 'next' });

test('only the holder can tell of a successor', () => {
  assert.deepEqual(noted(held, next('one', 'B')).hold?.successor, credential('B'));
  assert.equal(noted(held, next('stranger', 'B')), held);
  assert.equal(noted(declared, next('one', 'B')), declared);
});

test('a successor is current from the moment its holder says so, also when that is the last thing it says', () => {
  const succeeded = noted(held, { ...next('one', 'B'), as: 'current' });
  assert.deepEqual(succeeded.current, credential('B'));
  assert.deepEqual(lost(succeeded).current, credential('B'));
});

test('a holder that ended without its last word loses the hold, and what it had told of is kept', () => {
  const { hold, state, interrupted } = lost(noted(held, next('one', 'B')));
  assert.deepEqual([hold, state, interrupted], [undefined, 'active', { operation: 'one', successor: credential('B') }]);
  assert.equal(lost(declared), declared);
});

test('a leftover is settled only by an operation that completes', () => {
  const again = taken(lost(noted(held, next('one', 'B'))), holder('two'), later);
  assert.deepEqual(close(again, 'two', { result: 'rolled-back' }).interrupted, again.interrupted);
  assert.equal(close(again, 'two').interrupted, undefined);
});

test('a successor that consumers may be moving to is not forgotten for a later operation that told of none', () => {
  const twice = lost(taken(lost(noted(held, next('one', 'B'))), holder('two'), later));
  assert.deepEqual(twice.interrupted, { operation: 'one', successor: credential('B') });
});

test('I5: two operations that were interrupted one after the other are both known until they are settled', () => {
  const twice = JSON.stringify(lost(taken(lost(held), holder('two'), later)).interrupted);
  assert.match(twice, /"two"/);
  assert.match(twice, /"one"/);
});

test('what is carried through the years is bounded', () => {
  let state = declared;
  for (let n = 0; n < 200; n += 1) {
    const operation = `op-${n}`;
    state = close(taken(state, holder(operation), at), operation, { waivers: [waiver(operation)] });
  }
  assert.deepEqual([state.exceptions.length, state.closed.length], [100, 50]);
  assert.deepEqual([state.exceptions.at(-1)?.reason, state.closed.at(-1)], ['op-199', 'op-199']);
});

test('F13: the next rotation is due so long after the last one, or after the first declaration', () => {
  assert.equal(declared.dueAt, new Date(Date.parse(at) + 30 * day).toISOString());
  assert.equal(close(held, 'one').dueAt, new Date(Date.parse(later) + 30 * day).toISOString());
});

test('F5: declaring the same again does not put off what is due', () => {
  assert.equal(declaredAs(declared, spec, later).dueAt, declared.dueAt);
});

test('F13: nothing is due once the manifest asks for no rotation', () => {
  const { rotate: _none, ...without } = spec;
  assert.equal(declaredAs(declared, without, later).dueAt, undefined);
});

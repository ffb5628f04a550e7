import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { Confirm } from '../../src/contract/messages.ts';
import { decide, same, type DecisionReason, type GateFacts } from '../../src/workflows/rules/decide.ts';

const gate: GateFacts = {
  state: 'open',
  plan: `sha256:${'a'.repeat(64)}`,
  approvers: ['dana@example.com', 'eve@example.com', 'rob@example.com'],
  requesters: ['rob@example.com'],
  harmless: false,
  rejectable: true,
  reasonRequired: false,
  given: [],
};
const sent: Confirm = { gate: 'retirement', decision: 'approve', approver: 'dana@example.com' };

type Row = [sentence: string, gate: Partial<GateFacts>, sent: Partial<Confirm>, reason: DecisionReason];

const denied: readonly Row[] = [
  ['F19: a gate that is approved takes no second decision', { state: 'approved' }, {}, 'gate-closed'],
  [
    'F19: a gate that is approved can not be rejected later',
    { state: 'approved' },
    { decision: 'reject' },
    'gate-closed',
  ],
  ['F19: a gate that is rejected can not be approved later', { state: 'rejected' }, {}, 'gate-closed'],
  ['F19: an expired gate takes no decision', { state: 'expired' }, {}, 'gate-closed'],
  ['F19: a void gate takes no decision', { state: 'void' }, {}, 'gate-closed'],
  ['F19: a decision about another plan does not count', {}, { plan: `sha256:${'b'.repeat(64)}` }, 'plan-changed'],
  ['F19: a part of the plan hash is another plan', {}, { plan: 'sha256:aaaa' }, 'plan-changed'],
  ['F18: somebody who is not on the list is refused', {}, { approver: 'mallory@example.com' }, 'not-an-approver'],
  ['F18: a part of a name on the list is another name', {}, { approver: 'dana' }, 'not-an-approver'],
  ['F18: an empty list means nobody', { approvers: [] }, {}, 'not-an-approver'],
  ['F18: an empty list means nobody, harmless or not', { approvers: [], harmless: true }, {}, 'not-an-approver'],
  ['F18: the requester does not decide', {}, { approver: 'rob@example.com' }, 'own-request'],
  ['F18: nor in other letters', {}, { approver: 'ROB@Example.COM' }, 'own-request'],
  ['F18: nor with blanks around', {}, { approver: '  rob@example.com ' }, 'own-request'],
  ['F18: nor may the requester reject', {}, { approver: 'rob@example.com', decision: 'reject' }, 'own-request'],
  ['one person counts once', { given: ['dana@example.com'] }, {}, 'already-given'],
  ['one person counts once, in other letters too', { given: ['Dana@Example.com'] }, {}, 'already-given'],
  ['a waiver needs a reason', { reasonRequired: true }, {}, 'reason-required'],
  ['an empty reason is none', { reasonRequired: true }, { comment: '' }, 'reason-required'],
  ['a choice of several can not be rejected', { rejectable: false }, { decision: 'reject' }, 'choice-only'],
];

for (const [sentence, facts, words, reason] of denied) {
  test(`${sentence} (${reason})`, () => {
    const ruling = decide({ ...gate, ...facts }, { ...sent, ...words });
    assert.deepEqual([ruling.do, ruling.reason], ['deny', reason]);
    assert.ok(ruling.message.length > 0);
  });
}

const taken: readonly [string, Partial<GateFacts>, Partial<Confirm>, 'count' | 'reject'][] = [
  ['an approver on the list counts', {}, {}, 'count'],
  ['an approver in other letters is the same person', {}, { approver: 'DANA@example.com' }, 'count'],
  ['an approval that names this plan counts', {}, { plan: gate.plan }, 'count'],
  ['a second person counts beside the first', { given: ['eve@example.com'] }, {}, 'count'],
  ['what harms nothing may be decided by the requester', { harmless: true }, { approver: 'rob@example.com' }, 'count'],
  ['a waiver with a reason counts', { reasonRequired: true }, { comment: 'it is being retired' }, 'count'],
  ['an approver on the list can reject', {}, { decision: 'reject' }, 'reject'],
  ['a rejection needs no reason', { reasonRequired: true }, { decision: 'reject' }, 'reject'],
];
for (const [sentence, facts, words, what] of taken) {
  test(sentence, () => {
    assert.deepEqual(decide({ ...gate, ...facts }, { ...sent, ...words }), {
      do: what,
      reason: 'accepted',
      message: `${words.approver ?? sent.approver} decided: ${words.decision ?? 'approve'}`,
    });
  });
}

test('I8: whatever is sent to whatever gate, only a named person who did not ask counts, once, for this plan', () => {
  const person = fc.constantFrom(
    'dana@example.com',
    'Dana@Example.com',
    'rob@example.com',
    'ROB@EXAMPLE.COM',
    'mallory',
  );
  const facts = fc.record({
    state: fc.constantFrom('open', 'approved', 'rejected', 'expired', 'void'),
    plan: fc.constantFrom('sha256:a', 'sha256:b'),
    approvers: fc.array(person, { maxLength: 3 }),
    requesters: fc.array(person, { maxLength: 2 }),
    harmless: fc.boolean(),
    rejectable: fc.boolean(),
    reasonRequired: fc.boolean(),
    given: fc.array(person, { maxLength: 2 }),
  });
  const words = fc.record(
    {
      gate: fc.constant('retirement'),
      decision: fc.constantFrom('approve', 'reject'),
      approver: person,
      plan: fc.constantFrom('sha256:a', 'sha256:b'),
      comment: fc.constantFrom('', 'because'),
    },
    { requiredKeys: ['gate', 'decision', 'approver'] },
  );
  fc.assert(
    fc.property(facts, words, (known, said) => {
      if (decide(known, said).do === 'deny') return;
      assert.equal(known.state, 'open');
      assert.ok(said.plan === undefined || said.plan === known.plan);
      assert.ok(known.approvers.some((each) => same(each, said.approver)));
      assert.ok(known.harmless || !known.requesters.some((each) => same(each, said.approver)));
      assert.ok(!known.given.some((each) => same(each, said.approver)));
      assert.ok(said.decision === 'reject' ? known.rejectable : !known.reasonRequired || said.comment);
    }),
    { numRuns: 2_000 },
  );
});

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import type { CredentialState } from '../../src/contract/credentials.ts';
import { judgeOrphans, type OrphanFacts } from '../../src/workflows/rules/orphans.ts';

const key = (id: string, createdAt = 'unknown'): CredentialState => ({
  ref: { connection: 'aws', account: 'ci', id },
  status: 'live',
  createdAt,
});

const facts: OrphanFacts = {
  before: [key('OLD')],
  after: [key('OLD'), key('NEW')],
  lostAnswers: 1,
  since: '2026-03-01T12:00:00Z',
  until: '2026-03-01T12:00:30Z',
  used: [],
};

const table: readonly [
  sentence: string,
  change: Partial<OrphanFacts>,
  ruling: 'retire' | 'nothing' | 'ask',
  ids: string[],
][] = [
  ['nothing new means that the lost attempt made nothing', { after: [key('OLD')] }, 'nothing', []],
  ['nothing is made of a credential that vanished', { after: [] }, 'nothing', []],
  ['one that appeared with one lost answer, never used, is ours', {}, 'retire', ['NEW']],
  [
    'two that appeared with two lost answers are ours',
    { after: [key('N1'), key('N2')], lostAnswers: 2 },
    'retire',
    ['N1', 'N2'],
  ],
  [
    'F10: one more than answers were lost: somebody else made one',
    { after: [key('N1'), key('N2')] },
    'ask',
    ['N1', 'N2'],
  ],
  ['F10: one that appeared though no answer was lost is not ours', { lostAnswers: 0 }, 'ask', ['NEW']],
  ['F10: one that was used is not ours, for nobody has our secret', { used: ['NEW'] }, 'ask', ['NEW']],
  [
    'F10: one of two was used: neither is touched',
    { after: [key('N1'), key('N2')], lostAnswers: 2, used: ['N2'] },
    'ask',
    ['N1', 'N2'],
  ],
  [
    'F10: one that is older than our attempt is not ours',
    { after: [key('NEW', '2026-03-01T11:00:00Z')] },
    'ask',
    ['NEW'],
  ],
  [
    'a clock that is some seconds behind is let pass',
    { after: [key('NEW', '2026-03-01T11:59:45Z')] },
    'retire',
    ['NEW'],
  ],
  ['a clock that is a minute behind is a doubt', { after: [key('NEW', '2026-03-01T11:59:00Z')] }, 'ask', ['NEW']],
  ['one that is younger than our attempt is ours', { after: [key('NEW', '2026-03-01T12:00:05Z')] }, 'retire', ['NEW']],
  ['the use of one that was there before says nothing', { used: ['OLD'] }, 'retire', ['NEW']],
];

describe('orphans', () => {
  for (const [sentence, change, ruling, ids] of table) {
    test(`${sentence} (${ruling})`, () => {
      const judged = judgeOrphans({ ...facts, ...change });
      assert.deepEqual([judged.do, judged.ids], [ruling, ids]);
    });
  }

  test('I5: what is retired was not there before, was never used, and is no more than answers were lost', () => {
    const listed = fc.uniqueArray(fc.constantFrom('A', 'B', 'C', 'D', 'E')).map((names) => names.map((id) => key(id)));
    fc.assert(
      fc.property(
        listed,
        listed,
        fc.nat(4),
        fc.subarray(['A', 'B', 'C', 'D', 'E']),
        (before, after, lostAnswers, used) => {
          const judged = judgeOrphans({ ...facts, before, after, lostAnswers, used });
          if (judged.do !== 'retire') return;
          assert.ok(judged.ids.length <= lostAnswers);
          for (const id of judged.ids) {
            assert.ok(!before.some(({ ref }) => ref.id === id));
            assert.ok(!used.includes(id));
          }
        },
      ),
    );
  });
});

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { CredentialState } from '../../src/contract/credentials.ts';
import { judgeSlots } from '../../src/workflows/rules/slots.ts';

const key = (id: string, status: CredentialState['status'] = 'live'): CredentialState => ({
  ref: { connection: 'aws', account: 'ci', id },
  status,
  createdAt: 'unknown',
});

const table: readonly [
  sentence: string,
  listed: CredentialState[],
  most: number | null,
  free: boolean,
  found: string[],
][] = [
  ['one of two slots is taken: there is room', [key('CURRENT')], 2, true, []],
  [
    'F10: both slots are taken: there is no room, and the other one is named',
    [key('CURRENT'), key('THEIRS')],
    2,
    false,
    ['THEIRS'],
  ],
  [
    'F10: a disabled one takes its slot like a live one',
    [key('CURRENT'), key('THEIRS', 'disabled')],
    2,
    false,
    ['THEIRS'],
  ],
  ['the current one takes its slot though the list does not show it', [key('THEIRS')], 2, false, ['THEIRS']],
  ['an empty list leaves one slot of two', [], 2, true, []],
  ['without a limit there is always room', [key('CURRENT'), key('A'), key('B')], null, true, ['A', 'B']],
  ['in-place needs no second slot', [key('CURRENT')], 1, true, []],
  ['more than the limit is no room either', [key('CURRENT'), key('A'), key('B')], 2, false, ['A', 'B']],
];

describe('slots', () => {
  for (const [sentence, listed, most, free, found] of table) {
    test(sentence, () => {
      const ruling = judgeSlots(listed, 'CURRENT', most);
      assert.deepEqual([ruling.free, ruling.found], [free, found]);
      if (!free) for (const id of ['CURRENT', ...found]) assert.ok(ruling.message.includes(id));
    });
  }
});

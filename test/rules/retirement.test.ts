import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Waiver } from '../../src/contract/identity.ts';
import type { Verdict } from '../../src/contract/verdict.ts';
import { mayRetire } from '../../src/workflows/rules/retirement.ts';

const verdict = (is: Verdict['is']): Verdict => ({ is, because: 'seen', at: '2026-03-01T12:00:00Z' });
const waived: Waiver = {
  consumer: 'jobs',
  by: 'dana@example.com',
  reason: 'it is being retired',
  at: '2026-03-01T12:00:00Z',
  operation: 'rotate/orders/1',
};

const table: readonly [sentence: string, jobs: Verdict | Waiver | undefined, may: boolean][] = [
  ['every consumer was seen on the new one: it may', verdict('yes'), true],
  ['a person waived the other one by name, with a reason: it may', waived, true],
  ['I3: a consumer that nobody looked at holds it up', undefined, false],
  ['I3: a consumer that runs on another one holds it up', verdict('no'), false],
  ['I7: unknown unlocks nothing', verdict('unknown'), false],
  ['I3: a waiver without a name is none', { ...waived, by: '' }, false],
  ['I3: a waiver without a reason is none', { ...waived, reason: '' }, false],
];

describe('retirement', () => {
  for (const [sentence, jobs, may] of table) {
    test(sentence, () => {
      const known = new Map<string, Verdict | Waiver>([['api', verdict('yes')]]);
      if (jobs) known.set('jobs', jobs);
      const ruling = mayRetire(['api', 'jobs'], known);
      assert.equal(ruling.may, may);
      if (!may) assert.match(ruling.message, /jobs/);
    });
  }
});

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { containOnce, reopenOnce } from './containment.ts';
import { Crowd } from './crowd.ts';
import { faults } from './faults.ts';
import { abortOnce, offboardOnce } from './offboarding.ts';
import { tryAll } from './try-all.ts';

const crowd = new Crowd();

/** What can't be disabled can't be watched either, so there is nothing to abort. */
const ways = [
  ['offboarded', offboardOnce, ['overlap', 'alternate', 'in-place', 'certificate']],
  ['aborted while it is watched', abortOnce, ['overlap', 'alternate']],
  ['contained', containOnce, ['certificate']],
  ['re-opened', reopenOnce, ['certificate']],
] as const;

describe('offboarding, and the end of a certificate, every call × every fault', { concurrency: true }, () => {
  for (const [name, once, kinds] of ways)
    for (const kind of kinds)
      test(`${kind}, ${name}: I1, I4, I8 and I10 hold at every observation, and at the end`, async (t) => {
        const { calls, problems } = await once(crowd, kind, new Map());
        assert.deepEqual(problems, []);
        assert.ok(calls.length >= 3, `it makes calls to break: ${calls.join(' ')}`);
        const trials = calls.flatMap((call, at) =>
          faults.map((fault) => ({ row: `${at + 1}. ${call}`, column: fault, given: new Map([[at + 1, fault]]) })),
        );
        await tryAll(t, `${kind}, ${name}`, trials, (each) => once(crowd, kind, each));
      });
});

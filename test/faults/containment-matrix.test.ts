import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Shape } from '../workflows/memory-world.ts';
import { containAmidst, containOnce, reopenOnce } from './containment.ts';
import { Crowd } from './crowd.ts';
import { faults } from './faults.ts';
import { rotateOnce } from './matrix.ts';
import { forward } from './paths.ts';
import { tryAll } from './try-all.ts';

const crowd = new Crowd();
const shapes: readonly Shape[] = ['overlap', 'alternate', 'in-place'];

describe('containment and re-opening, every call × every fault', { concurrency: true }, () => {
  for (const shape of shapes)
    for (const [name, once, least] of [
      ['contained', containOnce, 6],
      ['re-opened', reopenOnce, 3],
    ] as const)
      test(`${shape}, ${name}: I4, I8 and I10 hold at every observation, and at the end`, async (t) => {
        const { calls, problems } = await once(crowd, shape, new Map());
        assert.deepEqual(problems, []);
        assert.ok(calls.length >= least, `it makes calls to break: ${calls.join(' ')}`);
        const trials = calls.flatMap((call, at) =>
          faults.map((fault) => ({ row: `${at + 1}. ${call}`, column: fault, given: new Map([[at + 1, fault]]) })),
        );
        await tryAll(t, `${shape}, ${name}`, trials, (each) => once(crowd, shape, each));
      });
});

describe('containment while a rotation makes any of its calls', { concurrency: true }, () => {
  for (const shape of shapes)
    test(`${shape}: the rotation stops, and what it was about to make is contained too (I10)`, async (t) => {
      const { calls } = await rotateOnce(crowd, shape, forward, new Map());
      const trials = calls.flatMap((name, at) =>
        (['at once', 'late'] as const).map((when) => ({
          row: `${at + 1}. ${name}`,
          column: when,
          given: { nth: at + 1, late: when === 'late' },
        })),
      );
      await tryAll(t, `${shape}, contained amidst a rotation`, trials, ({ nth, late }) =>
        containAmidst(crowd, shape, nth, late),
      );
    });
});

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Crowd } from './crowd.ts';
import { faults } from './faults.ts';
import { rotateOnce, type Cell, type Replaced } from './matrix.ts';
import { forward, ignored, rejected, unseen, type Path } from './paths.ts';
import { tryAll } from './try-all.ts';

const crowd = new Crowd();

/** The kinds that are paired: those that differ in what the run is told, or in what is true. `KEYTURN_PAIRS=all` pairs all. */
const paired =
  process.env['KEYTURN_PAIRS'] === 'all'
    ? faults
    : (['not done', 'outcome unknown, done', 'worker killed after'] as const);

async function clean(shape: Replaced, path: Path): Promise<Cell> {
  const cell = await rotateOnce(crowd, shape, path, new Map());
  assert.deepEqual(cell.problems, []);
  return cell;
}

for (const path of [forward, rejected, unseen, ignored]) {
  describe(`every call × every fault: ${path.name}`, () => {
    for (const shape of path.shapes) {
      test(`${shape}: I1 to I9 hold at every observation, and at the end`, async (t) => {
        const { calls, turned } = await clean(shape, path);
        assert.ok(
          calls.length >= 12 && (path === forward || turned > 0),
          `it makes calls to break: ${calls.join(' ')}`,
        );
        // What goes before the turn is what goes forward, and broken there.
        const rows = calls.map((name, at) => [at + 1, name] as const).slice(turned);
        const trials = rows.flatMap(([nth, name]) =>
          faults.map((fault) => ({ row: `${nth}. ${name}`, column: fault, given: new Map([[nth, fault]]) })),
        );
        await tryAll(t, `${shape}, ${path.name}`, trials, (each) => rotateOnce(crowd, shape, path, each));
      });
    }
  });
}

describe('every pair of faults, one right after the other', () => {
  test('overlap: I1 to I9 hold at every observation, and at the end', async (t) => {
    const { calls } = await clean('overlap', forward);
    const pairs = paired.flatMap((one) => paired.map((other) => [one, other] as const));
    const trials = calls.slice(0, -1).flatMap((name, at) =>
      pairs.map(([one, other]) => ({
        row: `${at + 1}. ${name}: ${one}`,
        column: other,
        given: new Map([
          [at + 1, one],
          [at + 2, other],
        ]),
      })),
    );
    await tryAll(t, `overlap, ${forward.name}`, trials, (each) => rotateOnce(crowd, 'overlap', forward, each));
  });
});

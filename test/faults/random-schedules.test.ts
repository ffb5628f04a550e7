import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { Crowd } from './crowd.ts';
import { play, type Played } from './play.ts';
import { schedules } from './schedule.ts';

/*
 * KEYTURN_RUNS=10000 plays more of them. KEYTURN_SEED and KEYTURN_PATH, as a failure prints them, play that one again: its
 * faults and messages are the same, though not to the millisecond.
 */
const runs = Number(process.env['KEYTURN_RUNS'] ?? 1_000);
const seed = Number(process.env['KEYTURN_SEED'] ?? randomInt(2 ** 30));
const path = process.env['KEYTURN_PATH'];
/** So many go on side by side, each with a seed of its own. */
const lanes = path === undefined ? Math.min(40, runs) : 1;
/** For how long a failing schedule is made shorter, in milliseconds: one that hangs takes a minute each time. */
const shrinking = 180_000;

const crowd = new Crowd();

test(`random schedules: I1 to I10 hold at every observation; each run ends, and nothing is lost, orphaned or left open`, async (t) => {
  t.diagnostic(path === undefined ? `${runs} schedules, KEYTURN_SEED=${seed}` : `one schedule again: ${path}`);
  const began = Date.now();
  const all: Played[] = [];
  let until = Infinity;
  const property = () =>
    fc.asyncProperty(schedules, async (schedule) => {
      if (Date.now() > until) return;
      const played = await play(crowd, schedule);
      all.push(played);
      if (played.broken.length > 0) until = Math.min(until, Date.now() + shrinking);
      assert.deepEqual(played.broken, []);
    });
  const lane = (at: number) =>
    fc.check(property(), {
      seed: seed + at,
      numRuns: Math.ceil(runs / lanes),
      ...(path === undefined ? {} : { path, endOnFailure: true }),
    });
  const ended = await Promise.all(Array.from({ length: lanes }, (_, at) => lane(at)));
  t.diagnostic(`${counted(all)}, in ${Math.round((Date.now() - began) / 1_000)} s`);
  for (const { failed, seed: itsOwn, counterexample, counterexamplePath, errorInstance } of ended) {
    if (!failed) continue;
    const again = `KEYTURN_SEED=${itsOwn} KEYTURN_PATH=${counterexamplePath} npm run test:faults -- random`;
    assert.fail(`${again}\n${JSON.stringify(counterexample)}\n${String((errorInstance as Error)?.message)}`);
  }
});

/** What has been seen: a schedule that stops every run at once would show little. */
function counted(all: readonly Played[]): string {
  const results = all.flatMap((each) => each.results);
  const kinds = [...new Set(results)].map((kind) => `${results.filter((each) => each === kind).length} ${kind}`);
  const looks = all.reduce((sum, each) => sum + each.looks, 0);
  const contained = all.filter((each) => each.contained).length;
  return `${all.length} schedules, ${contained} with a containment: ${results.length} runs, ${kinds.join(', ')}; ${looks} observations`;
}

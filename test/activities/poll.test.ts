import assert from 'node:assert/strict';
import { syncBuiltinESMExports } from 'node:module';
import { test, type TestContext } from 'node:test';
import { poll, type Patience } from '../../src/activities/poll.ts';
import type { Verdict } from '../../src/contract/verdict.ts';

type Is = Verdict['is'];

/** Polls with a clock that jumps: `answers` in turn, the last one for ever. */
async function polled(t: TestContext, answers: readonly Is[], patience: Patience) {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  // The module under test imports its timer by name; this makes that name the mocked one.
  syncBuiltinESMExports();
  const asked: number[] = [];
  const progress: string[] = [];
  const ask = () => {
    asked.push(Date.now());
    const is = answers[Math.min(asked.length, answers.length) - 1]!;
    return Promise.resolve({ is, because: `said ${is}`, at: new Date().toISOString() });
  };
  const ended = new AbortController();
  const call = { signal: new AbortController().signal, progress: (words: string) => void progress.push(words) };
  t.after(() => {
    t.mock.timers.reset();
    syncBuiltinESMExports();
  });
  const verdict = poll(ask, patience, call).finally(() => ended.abort());
  while (!ended.signal.aborted) {
    await new Promise((resolve) => setImmediate(resolve));
    t.mock.timers.tick(50);
  }
  return { verdict: await verdict, asked, progress };
}

const table: readonly [sentence: string, answers: Is[], patience: Patience, is: Is, because: RegExp, asked: number][] =
  [
    ['one yes is enough where one is asked for', ['yes'], { within: 0, successes: 1 }, 'yes', /^said yes$/, 1],
    [
      'F9: a no within the time is asked again',
      ['no', 'no', 'yes'],
      { within: 2_000, successes: 1 },
      'yes',
      /^said yes$/,
      3,
    ],
    ['F9: a no breaks the row', ['yes', 'no', 'yes', 'yes'], { within: 5_000, successes: 2 }, 'yes', /2 times/, 4],
    [
      'an unknown breaks the row',
      ['yes', 'unknown', 'yes', 'yes'],
      { within: 5_000, successes: 2 },
      'yes',
      /2 times/,
      4,
    ],
    ['a no that stays is the result', ['no'], { within: 1_000, successes: 1 }, 'no', /^said no$/, 4],
    [
      'an unknown that stays is never a yes',
      ['unknown'],
      { within: 1_000, successes: 1 },
      'unknown',
      /^said unknown$/,
      4,
    ],
    [
      'I7: too few successes in time are unknown',
      ['yes'],
      { within: 150, successes: 5 },
      'unknown',
      /2 of 5 successes/,
      2,
    ],
  ];

for (const [sentence, answers, patience, is, because, asked] of table)
  test(sentence, async (t) => {
    const seen = await polled(t, answers, patience);
    assert.equal(seen.verdict.is, is);
    assert.match(seen.verdict.because, because);
    assert.equal(seen.asked.length, asked);
  });

test('F4: a system that refuses is asked less and less often, down to every five seconds', async (t) => {
  const { asked } = await polled(t, ['no'], { within: 60_000, successes: 1 });
  const pauses = asked.slice(1).map((at, n) => at - asked[n]!);
  assert.deepEqual(pauses.slice(0, 7), [100, 200, 400, 800, 1_600, 3_200, 5_000]);
  assert.ok(pauses.slice(6).every((pause) => pause === 5_000));
  assert.ok(asked.length < 20);
});

test('each round says how far it is', async (t) => {
  const { progress } = await polled(t, ['no', 'yes', 'yes'], { within: 5_000, successes: 2 });
  assert.deepEqual(progress, ['no: 0 of 2 in a row', 'yes: 1 of 2 in a row']);
});

test('a poll that is told to stop ends at once', async () => {
  const stop = new AbortController();
  const ask = () => {
    stop.abort();
    return Promise.resolve({ is: 'no', because: '', at: '' } as const);
  };
  await assert.rejects(poll(ask, { within: 3_600_000, successes: 1 }, { signal: stop.signal, progress: () => {} }), {
    name: 'AbortError',
  });
});

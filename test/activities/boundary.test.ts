import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import {
  ApplicationFailure,
  CancelledFailure,
  defaultPayloadConverter,
  DefaultFailureConverter,
} from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import * as fc from 'fast-check';
import { asFailure, bounded, retryDelay } from '../../src/activities/boundary.ts';
import { errorCodes, isErrorCode, KeyturnError } from '../../src/contract/errors.ts';

const canary = 'hvs.CanaryTokenThatNobodyMaySee';

/** All that Temporal would keep of a failure, and all that a log line would print. */
function everythingIn(failure: unknown): string {
  const kept = new DefaultFailureConverter().errorToFailure(failure, defaultPayloadConverter);
  return `${JSON.stringify(kept)}\n${inspect(failure, { depth: 10, showHidden: true })}`;
}

const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const attempts = fc.integer({ min: 1, max: 1_000_000 });

test('F4: no computed delay is ever 0, and none is above a minute', () => {
  fc.assert(
    fc.property(attempts, chance, (attempt, drawn) => {
      const delay = retryDelay(attempt, drawn);
      assert.ok(Number.isInteger(delay) && delay >= 250 && delay <= 60_000, `${delay} ms`);
    }),
  );
});

test('F4: each delay is at least half of the doubled step, up to half a minute', () => {
  const least = [1, 2, 3, 4, 5, 6, 7, 8, 20].map((attempt) => retryDelay(attempt, 0));
  assert.deepEqual(least, [250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
});

test('F4: delays are spread over their upper half, so that retries of many do not come at once', () => {
  fc.assert(
    fc.property(attempts, (attempt) => {
      const [low, middle, high] = [0, 0.5, 0.999].map((drawn) => retryDelay(attempt, drawn));
      assert.ok(low! < middle! && middle! < high!);
    }),
  );
});

for (const code of Object.keys(errorCodes).filter(isErrorCode))
  test(`the code ${code} reaches the workflow, with its sentence, its hint and whether it may be sent again`, () => {
    const failure = asFailure(new KeyturnError(code, 'our own words', 'what to do'), 'revokeCredential', 3);
    assert.ok(failure instanceof ApplicationFailure);
    assert.deepEqual(
      [failure.type, failure.message, failure.nonRetryable],
      [code, 'our own words (what to do)', !errorCodes[code].retry],
    );
    assert.ok(Number(failure.nextRetryDelay) >= 1_000);
  });

class VendorError extends Error {
  override readonly name = 'VendorError';
  readonly request = { headers: { 'x-vault-token': canary } };
}

const strangers: readonly [what: string, thrown: unknown, kind: RegExp][] = [
  ['in the message', new TypeError(`401 for ${canary}`), /unexpected TypeError$/],
  ['in the cause', new Error('login failed', { cause: new Error(canary) }), /unexpected Error$/],
  ['in a field', new VendorError('login failed'), /unexpected VendorError$/],
  ['in the stack', Object.assign(new Error('failed'), { stack: `Error: ${canary}` }), /unexpected Error$/],
  ['in the name', Object.assign(new Error('failed'), { name: `Error for ${canary}` }), /unexpected error$/],
  ['in a group of errors', new AggregateError([new Error(canary)], canary), /unexpected AggregateError$/],
  ['as a thrown text', canary, /unexpected string$/],
  ['in a thrown object', { token: canary }, /unexpected object$/],
  [
    'in a failure of another library',
    ApplicationFailure.create({ message: canary, details: [canary] }),
    /unexpected \w+$/,
  ],
];

for (const [what, thrown, kind] of strangers)
  test(`F23: a secret ${what} does not pass the boundary: only the kind of error is told`, () => {
    const failure = asFailure(thrown, 'proveCredential', 1);
    assert.doesNotMatch(everythingIn(failure), /Canary/);
    assert.match(failure.message, /^proveCredential ended in an /);
    assert.match(failure.message, kind);
    assert.ok(failure instanceof ApplicationFailure && failure.type === 'outcome_unknown' && !failure.nonRetryable);
  });

test('F23: what a body throws inside a running activity does not pass the boundary either', async () => {
  const leak = bounded(() => Promise.reject(new Error(`request with ${canary}`)));
  const env = new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') });
  await assert.rejects(env.run(leak, undefined), (error) => {
    assert.doesNotMatch(everythingIn(error), /Canary/);
    return true;
  });
});

test('a cancellation passes as what it is', () => {
  const cancelled = new CancelledFailure('told to stop');
  assert.equal(asFailure(cancelled, 'proveCredential', 1), cancelled);
});

test('whatever a body throws once it was told to stop is a cancellation, and keeps its words to itself', async () => {
  const env = new MockActivityEnvironment();
  const waits = bounded<undefined, never>(
    (_input, { signal }) =>
      new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error(canary)))),
  );
  const ended = env.run(waits, undefined);
  env.cancel();
  await assert.rejects(ended, (error) => {
    assert.ok(error instanceof CancelledFailure);
    assert.doesNotMatch(everythingIn(error), /Canary/);
    return true;
  });
});

test('an activity says that it is alive while its body is at work, and how far it is', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const env = new MockActivityEnvironment();
  const beats: unknown[] = [];
  env.on('heartbeat', (words) => beats.push(words));
  const work = bounded<undefined, void>((_input, call) => {
    t.mock.timers.tick(4_000);
    call.progress('half done');
    t.mock.timers.tick(2_000);
    return Promise.resolve();
  });
  await env.run(work, undefined);
  t.mock.timers.tick(60_000);
  assert.deepEqual(beats, ['at work', 'at work', 'half done', 'half done']);
});

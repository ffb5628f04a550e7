import { setTimeout as sleep } from 'node:timers/promises';
import type { Verdict } from '../contract/verdict.ts';
import type { Call } from './boundary.ts';

export interface Patience {
  /** How long to go on asking, in milliseconds. */
  readonly within: number;
  /** How many answers in a row must be `yes`. */
  readonly successes: number;
}

/**
 * Asks until the answer was `yes` so often in a row, or time is up. Systems spread a change slowly, so a `no` inside the
 * time is an answer like any other and only breaks the row (F9); the last answer that was not `yes` is the result. The
 * pauses double from a tenth of a second to five, so that a refusing system sees few attempts (F4).
 */
export async function poll(ask: () => Promise<Verdict>, { within, successes }: Patience, call: Call): Promise<Verdict> {
  const end = Date.now() + within;
  let row = 0;
  for (let round = 0; ; round += 1) {
    const verdict = await ask();
    row = verdict.is === 'yes' ? row + 1 : 0;
    if (row >= successes)
      return row === 1 ? verdict : { ...verdict, because: `${verdict.because}, ${row} times in a row` };
    call.progress(`${verdict.is}: ${row} of ${successes} in a row`);
    const pause = Math.min(5_000, 100 * 2 ** (verdict.is === 'yes' ? 0 : Math.min(round, 10)));
    if (Date.now() + pause > end) return verdict.is === 'yes' ? tooFew(verdict, row, successes) : verdict;
    await sleep(pause, undefined, { signal: call.signal });
  }
}

function tooFew(verdict: Verdict, row: number, successes: number): Verdict {
  return { is: 'unknown', because: `time ran out after ${row} of ${successes} successes in a row`, at: verdict.at };
}

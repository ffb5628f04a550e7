import fc from 'fast-check';
import type { Severity } from '../../src/contract/severity.ts';
import type { Shape } from '../workflows/memory-world.ts';
import { faults } from './faults.ts';

const orders = ['pause', 'resume', 'abort', 'cancel', 'malformed'] as const;
const noise = ['twice', 'wrong plan', 'requester', 'stranger', 'earlier gate', 'malformed'] as const;
const portFaults = ['not done', 'outcome unknown, not done', 'outcome unknown, done'] as const;
const choices = ['yes', 'no', 'waive', 'roll back'] as const;
const places = ['system', 'store', 'api', 'jobs'] as const;

/** How often each word is drawn, in the order of the words. */
function weighed<Word>(words: readonly Word[], weights: readonly number[]): fc.Arbitrary<Word> {
  return fc.oneof(...words.map((word, at) => ({ arbitrary: fc.constant(word), weight: weights[at] ?? 1 })));
}

const nth = fc.integer({ min: 1, max: 26 });

/** Everything that happens to one identity while it is rotated. The simplest is nothing at all, to which a failing one shrinks. */
export const schedules = fc.record({
  shape: fc.constantFrom<Shape[]>('overlap', 'alternate', 'in-place'),
  consumers: fc.constantFrom(1, 2),
  /** What goes wrong with calls of activities, by their number. A killed worker costs twelve seconds, so it is rare. */
  faults: fc.array(fc.record({ nth, fault: weighed(faults, [6, 6, 6, 6, 1, 1]) }), { maxLength: 3 }),
  /** What goes wrong between an activity and a system, by the number of the call. */
  ports: fc.array(fc.record({ nth: fc.integer({ min: 1, max: 60 }), fault: fc.constantFrom(...portFaults) }), {
    maxLength: 3,
  }),
  /** One place answers nothing for so many of its calls. */
  outages: fc.array(
    fc.record({
      place: fc.constantFrom(...places),
      from: fc.integer({ min: 1, max: 15 }),
      calls: fc.integer({ min: 1, max: 4 }),
    }),
    { maxLength: 1 },
  ),
  /** So many logins with a new secret are refused before the system believes in it. */
  lag: fc.integer({ min: 0, max: 3 }),
  /** How far the clock of the system is ahead of Temporal's, in seconds; none where it keeps no time. */
  skew: fc.option(fc.constantFrom(-3_600, -45, 0, 45, 3_600)),
  delays: fc.array(fc.record({ nth, ms: fc.integer({ min: 1, max: 200 }) }), { maxLength: 2 }),
  /** What people tell the run while a call is made. */
  orders: fc.array(fc.record({ nth, order: weighed(orders, [3, 2, 2, 1, 2]) }), { maxLength: 2 }),
  /** What comes before the right decision at each gate. */
  noise: fc.uniqueArray(fc.constantFrom(...noise), { maxLength: 3 }),
  /** What people decide, gate by gate; afterwards yes. */
  choices: fc.array(weighed(choices, [7, 1, 1, 1]), { maxLength: 4 }),
  /** At which gate, counted from 0, somebody ends the run from outside; the next rotation has to settle what it left. */
  ended: fc.oneof(
    { arbitrary: fc.constant(null), weight: 6 },
    { arbitrary: fc.integer({ min: 0, max: 3 }), weight: 1 },
  ),
  /** A second operation on the same identity begins while this call is made. */
  rival: fc.oneof({ arbitrary: fc.constant(null), weight: 4 }, { arbitrary: nth, weight: 1 }),
  /** The identity is contained while this call is made: at once, or after people said of each consumer that it is paused. */
  contained: fc.oneof(
    { arbitrary: fc.constant(null), weight: 4 },
    { arbitrary: fc.record({ nth, severity: fc.constantFrom<Severity[]>('critical', 'high') }), weight: 1 },
  ),
});

export type Schedule = typeof schedules extends fc.Arbitrary<infer Value> ? Value : never;
export type Order = (typeof orders)[number];
export type Noise = (typeof noise)[number];
export type Chosen = (typeof choices)[number];

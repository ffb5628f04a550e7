import { ApplicationFailure } from '@temporalio/common';
import type { Activities } from '../../src/activities/index.ts';
import type { MemoryWorld } from '../workflows/memory-world.ts';

/** What goes wrong at one call: it was not done, or it was done and the answer lost. */
export type Fault = 'not done' | 'answer lost';

export interface Plan {
  /** Which call of the run, counted from 1; 0 for none. */
  readonly at: number;
  readonly fault: Fault;
  /** Every attempt fails, not the first alone. */
  readonly always?: boolean;
}

export interface Watched {
  /** The names of the calls, in order, each counted once however often it was tried. */
  readonly calls: string[];
  /** What the watcher saw break, at any moment. */
  readonly broken: string[];
}

/** Calls that Keyturn makes to Temporal itself, or to tell people: they change no credential, and are no cells of the matrix. */
const notOfTheWorld = new Set(['notifyPeople', 'isRunning', 'parseIdentity']);

/**
 * Puts one fault into a run, and looks at the world after every call: a credential that works must be recoverable (I1, I2),
 * whatever happens.
 */
export function withFault(world: MemoryWorld, plan: Plan, seen: Watched): (activities: Activities) => Activities {
  let failed = false;
  const look = (when: string) => {
    if (world.recoverable() === 0) seen.broken.push(`I1: no recoverable credential works, ${when}`);
  };
  const watched = (name: string, act: (input: never) => Promise<unknown>) => async (input: never) => {
    if (notOfTheWorld.has(name)) return act(input);
    const nth = failed && !plan.always && seen.calls.at(-1) === name ? seen.calls.length : seen.calls.push(name);
    const strikes = nth === plan.at && (!failed || plan.always);
    if (strikes) failed = true;
    if (strikes && plan.fault === 'not done') throw lost('unavailable');
    const answer = await act(input);
    look(`after ${name}`);
    if (strikes) throw lost('outcome_unknown');
    return answer;
  };
  return (activities) =>
    Object.fromEntries(
      Object.entries(activities).map(([name, act]) => [name, watched(name, act as (input: never) => Promise<unknown>)]),
    ) as Activities;
}

function lost(type: 'unavailable' | 'outcome_unknown'): ApplicationFailure {
  return ApplicationFailure.create({ type, message: `a fault that the test put in: ${type}` });
}

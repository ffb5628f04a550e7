import { setTimeout as sleep } from 'node:timers/promises';
import { ApplicationFailure } from '@temporalio/common';

/**
 * What goes wrong with one attempt at one call. The two that tell of an unknown outcome differ in what is true; so do the two
 * killed workers, which Temporal learns of by a missing heartbeat.
 */
export const faults = [
  'not done',
  'done, answer lost',
  'outcome unknown, not done',
  'outcome unknown, done',
  'worker killed before',
  'worker killed after',
] as const;

export type Fault = (typeof faults)[number];

/** Longer than the ten seconds after which Temporal gives up on an attempt that sends no heartbeat. */
const silence = 12_000;

/** Runs an act with a fault in it. A killed worker says nothing: what it would have said later comes too late to be heard. */
export async function suffer(fault: Fault, act: () => Promise<unknown>): Promise<never> {
  const done = fault === 'done, answer lost' || fault === 'outcome unknown, done' || fault === 'worker killed after';
  if (done) await act();
  if (fault.startsWith('worker killed')) await sleep(silence);
  throw lost(fault.startsWith('outcome unknown') ? 'outcome_unknown' : 'unavailable');
}

/** An error as the boundary of an activity throws it. */
export function lost(type: 'unavailable' | 'outcome_unknown'): ApplicationFailure {
  return ApplicationFailure.create({ type, message: `a fault that the test put in: ${type}` });
}

/** Lets calls suffer at their first attempt, each by its number, counted from 1 after so many that were made `before`. */
export function suffering(faults: ReadonlyMap<number, Fault>, before = () => 0) {
  return async (call: { nth: number; attempt: number }, act: () => Promise<unknown>): Promise<unknown> => {
    const fault = call.attempt === 1 ? faults.get(call.nth - before()) : undefined;
    return fault ? suffer(fault, act) : act();
  };
}

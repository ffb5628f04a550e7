import { everRarer } from './ever-rarer.ts';
import type { LifecycleState } from './hold.ts';

const hour = 3_600_000;

/**
 * When somebody is to be told that a rotation was due and has not ended, in milliseconds since 1970: after a tenth of the interval,
 * at least an hour, and then ever more rarely. Undefined where nothing is due. What never begins says nothing of itself, so this
 * does not hang on any run but the lifecycle's own (F5).
 */
export function nextAlarm({ dueAt, spec, state, alarms = 0 }: LifecycleState): number | undefined {
  // What is contained rotates once it was re-opened, and not before.
  if (state === 'contained') return undefined;
  if (!dueAt || !spec?.rotate) return undefined;
  const margin = Math.max(hour, spec.rotate.every / 10);
  return Date.parse(dueAt) + everRarer(margin, alarms, 1);
}

export function alarmed(state: LifecycleState): LifecycleState {
  return { ...state, alarms: (state.alarms ?? 0) + 1 };
}

/** What people are told: since when, and what stands in the way as far as the lifecycle knows. */
export function overdueWords({ id, dueAt, hold }: LifecycleState): string {
  const because = hold ? `${hold.verb} ${hold.workflowId} has held it since ${hold.since}` : 'no rotation has begun';
  return `the rotation of ${id} was due at ${dueAt} and has not ended: ${because}`;
}

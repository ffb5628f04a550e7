import { everRarer } from './ever-rarer.ts';
import type { LifecycleState } from './hold.ts';

const hour = 3_600_000;

/** What people are to be told of, and when, in milliseconds since 1970. */
export interface Alarm {
  readonly at: number;
  readonly about: 'overdue' | 'deadline';
}

/**
 * The next that there is. What never begins says nothing of itself, so this does not hang on any run but the lifecycle's own (F5).
 * What is contained is replaced once it was re-opened, and not before; what is out of service never.
 */
export function nextAlarm(state: LifecycleState): Alarm | undefined {
  if (state.state === 'contained' || state.state === 'offboarded') return undefined;
  const [first] = [overdue(state), deadline(state)]
    .filter((each) => each !== undefined)
    .toSorted((one, other) => one.at - other.at);
  return first;
}

/**
 * That a rotation was due and has not ended: after a tenth of the interval, at least an hour, and then ever more rarely.
 */
function overdue({ dueAt, spec, alarms = 0 }: LifecycleState): Alarm | undefined {
  if (!dueAt || !spec?.rotate) return undefined;
  const margin = Math.max(hour, spec.rotate.every / 10);
  return { about: 'overdue', at: Date.parse(dueAt) + everRarer(margin, alarms, 1) };
}

/** What is left of a certificate's life whenever people are told; at the last it is over (F20). */
const left = [1 / 2, 1 / 4, 1 / 8, 0];

function deadline({ current, deadlines = 0 }: LifecycleState): Alarm | undefined {
  const [fraction, validity] = [left[deadlines], current?.certificate];
  if (fraction === undefined || !validity) return undefined;
  const [from, until] = [Date.parse(validity.notBefore), Date.parse(validity.notAfter)];
  return { about: 'deadline', at: until - (until - from) * fraction };
}

/** People were told of it. */
export function alarmed(state: LifecycleState, { about }: Alarm): LifecycleState {
  return about === 'overdue'
    ? { ...state, alarms: (state.alarms ?? 0) + 1 }
    : { ...state, deadlines: (state.deadlines ?? 0) + 1 };
}

/** What people are told: since when, and what stands in the way as far as the lifecycle knows. */
export function alarmWords(state: LifecycleState, { about }: Alarm): string {
  const { id, dueAt, hold, current } = state;
  const because = hold ? `${hold.verb} ${hold.workflowId} has held it since ${hold.since}` : 'no rotation has begun';
  if (about === 'overdue') return `the rotation of ${id} was due at ${dueAt} and has not ended: ${because}`;
  const { notAfter } = current!.certificate!;
  const isOver = (state.deadlines ?? 0) >= left.length - 1;
  const words = isOver ? `expired at ${notAfter}` : `expires at ${notAfter}`;
  return `the certificate ${current!.ref.id} of ${id} ${words} and was not replaced: ${because}`;
}

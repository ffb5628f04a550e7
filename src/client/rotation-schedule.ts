import { ScheduleNotFoundError, ScheduleOverlapPolicy, type ScheduleDescription } from '@temporalio/client';
import { taskQueue } from '../contract/messages.ts';
import type { Calls } from './calls.ts';
import type { Subject } from './failure.ts';

/** What `apply` does about the schedule of one identity, and why. */
export interface ScheduleChange {
  readonly identity: string;
  readonly do: 'create' | 'update' | 'resume' | 'pause' | 'nothing';
  /** Milliseconds between rotations; absent where none are declared. */
  readonly every?: number;
  /** A schedule that a person has paused stays so, even when its interval changes. */
  readonly pausedByPerson?: string;
}

const ourNote = 'keyturn: the manifest declares no rotate.every for this identity';

/** Compares the declared interval with the schedule `rotate/<identity>` in Temporal. Changes nothing. */
export async function planSchedule(calls: Calls, identity: string, every: number | undefined): Promise<ScheduleChange> {
  const found = await calls.ask(schedule(identity), () => describe(calls, identity));
  if (every === undefined) return { identity, do: found && !found.state.paused ? 'pause' : 'nothing' };
  if (!found) return { identity, do: 'create', every };
  const { paused, note } = found.state;
  if (paused && note === ourNote) return { identity, do: 'resume', every };
  const same = found.spec.intervals?.length === 1 && found.spec.intervals[0]?.every === every;
  return { identity, do: same ? 'nothing' : 'update', every, ...(paused && { pausedByPerson: note ?? '' }) };
}

/** Makes it so. A schedule is never deleted; two rotations of one identity never overlap: the later one is skipped. */
export async function changeSchedule(calls: Calls, { identity, do: what, every }: ScheduleChange): Promise<void> {
  if (what === 'nothing') return;
  const { schedule: schedules } = calls.temporal;
  const scheduleId = schedule(identity).id;
  const handle = schedules.getHandle(scheduleId);
  await calls.ask(schedule(identity), async () => {
    if (what === 'pause' || every === undefined) return handle.pause(ourNote);
    const options = { ...optionsOf(identity), spec: { intervals: [{ every }] } };
    if (what === 'create') await schedules.create({ scheduleId, ...options });
    else await handle.update((before) => ({ ...before, ...options, state: before.state }));
    if (what === 'resume') await handle.unpause('keyturn: the manifest declares rotate.every again');
  });
}

function optionsOf(identity: string) {
  return {
    action: {
      type: 'startWorkflow' as const,
      workflowType: 'rotateCredential',
      taskQueue,
      // Temporal appends the time, so that every run has an id of its own.
      workflowId: `rotate/${identity}/scheduled`,
      args: [{ identity, reason: 'scheduled rotation', requestedBy: 'schedule' }],
      staticSummary: `scheduled rotation of ${identity}`,
    },
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: 60 * 60_000 },
  };
}

function schedule(identity: string): Subject {
  return { kind: 'schedule', id: `rotate/${identity}` };
}

async function describe(calls: Calls, identity: string): Promise<ScheduleDescription | undefined> {
  try {
    return await calls.temporal.schedule.getHandle(schedule(identity).id).describe();
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return undefined;
    throw error;
  }
}

import { ScheduleNotFoundError, ScheduleOverlapPolicy, type ScheduleDescription } from '@temporalio/client';
import type { IdentitySpec } from '../contract/identity.ts';
import { taskQueue } from '../contract/messages.ts';
import { idPrefixes } from '../contract/request.ts';
import type { Calls } from './calls.ts';
import type { Subject } from './failure.ts';

/** The operation that replaces the credential of an identity, whatever that is. */
export type Replaces = 'rotateCredential' | 'reissueCertificate';

/** What `apply` does about the schedule of one identity, and why. */
export interface ScheduleChange {
  readonly identity: string;
  readonly starts: Replaces;
  readonly do: 'create' | 'update' | 'resume' | 'pause' | 'nothing';
  /** Milliseconds between rotations; absent where none are declared. */
  readonly every?: number;
  /** A schedule that a person has paused stays so, even when its interval changes. */
  readonly pausedByPerson?: string;
}

const ourNote = 'keyturn: the manifest declares no rotate.every for this identity';

/** Compares the declared interval with the schedule `rotate/<identity>`, or `reissue/<identity>`, in Temporal. Changes nothing. */
export async function planSchedule(calls: Calls, { id, kind, rotate }: Scheduled): Promise<ScheduleChange> {
  const about = { identity: id, starts: replacing(kind) };
  const every = rotate?.every;
  const found = await calls.ask(schedule(about), () => describe(calls, about));
  if (every === undefined) return { ...about, do: found && !found.state.paused ? 'pause' : 'nothing' };
  if (!found) return { ...about, do: 'create', every };
  const { paused, note } = found.state;
  if (paused && note === ourNote) return { ...about, do: 'resume', every };
  const same = found.spec.intervals?.length === 1 && found.spec.intervals[0]?.every === every;
  return { ...about, do: same ? 'nothing' : 'update', every, ...(paused && { pausedByPerson: note ?? '' }) };
}

/** What a schedule follows from. */
export type Scheduled = Pick<IdentitySpec, 'id' | 'kind' | 'rotate'>;

/** A certificate is reissued, and everything else rotated. */
export function replacing(kind: IdentitySpec['kind']): Replaces {
  return kind === 'certificate' ? 'reissueCertificate' : 'rotateCredential';
}

type About = Pick<ScheduleChange, 'identity' | 'starts'>;

/** Makes it so. A schedule is never deleted; two rotations of one identity never overlap: the later one is skipped. */
export async function changeSchedule(calls: Calls, { do: what, every, ...about }: ScheduleChange): Promise<void> {
  if (what === 'nothing') return;
  const { schedule: schedules } = calls.temporal;
  const scheduleId = schedule(about).id;
  const handle = schedules.getHandle(scheduleId);
  await calls.ask(schedule(about), async () => {
    if (what === 'pause' || every === undefined) return handle.pause(ourNote);
    const options = { ...optionsOf(about), spec: { intervals: [{ every }] } };
    if (what === 'create') await schedules.create({ scheduleId, ...options });
    else await handle.update((before) => ({ ...before, ...options, state: before.state }));
    if (what === 'resume') await handle.unpause('keyturn: the manifest declares rotate.every again');
  });
}

function optionsOf({ identity, starts }: About) {
  const title = starts === 'reissueCertificate' ? 'reissue' : 'rotation';
  return {
    action: {
      type: 'startWorkflow' as const,
      workflowType: starts,
      taskQueue,
      // Temporal appends the time, so that every run has an id of its own.
      workflowId: `${idPrefixes[starts]}/${identity}/scheduled`,
      args: [{ identity, reason: `scheduled ${title}`, requestedBy: 'schedule' }],
      staticSummary: `scheduled ${title} of ${identity}`,
    },
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: 60 * 60_000 },
  };
}

function schedule({ identity, starts }: About): Subject {
  return { kind: 'schedule', id: `${idPrefixes[starts]}/${identity}` };
}

async function describe(calls: Calls, about: About): Promise<ScheduleDescription | undefined> {
  try {
    return await calls.temporal.schedule.getHandle(schedule(about).id).describe();
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return undefined;
    throw error;
  }
}

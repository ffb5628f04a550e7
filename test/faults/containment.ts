import { setTimeout as sleep } from 'node:timers/promises';
import { WorkflowFailedError } from '@temporalio/client';
import type { Rotation } from '../workflows/harness.ts';
import type { Crowd } from './crowd.ts';
import { suffering } from './faults.ts';
import { cell, worldOf, type Cell, type Faults, type Replaced } from './matrix.ts';
import type { PortCall } from './observed.ts';
import { operate, sensible, type Policy } from './operator.ts';
import { failed } from './paths.ts';
import type { Subject } from './subject.ts';

/**
 * The timers that a containment cancels are far from their end: the server for tests refuses the cancelling of one that fires at
 * that very moment, which Temporal itself settles.
 */
export const containable = { containment: { unattended: ['critical'] }, quiet: '2m', observe: '2m' };

/** People who say of each consumer that it is paused, and agree to a re-opening. */
const agreeing: Policy = (open) => {
  const gate = open.find(({ id }) => /^(paused-|reopening)/.test(id));
  return gate ? { gate: gate.id } : undefined;
};

/** Contains one identity that nothing else holds, with these faults in the way. People say that its consumer is paused. */
export async function containOnce(crowd: Crowd, shape: Replaced, faults: Faults): Promise<Cell> {
  const world = await worldOf(shape);
  const subject = await crowd.subject(world, { atActivity: suffering(faults) }, containable);
  return ended(subject, await subject.contain('high'));
}

/**
 * Rotates, and contains while that makes its call number `nth`. With `late` the system hears of what that call writes only after
 * the containment has begun to revoke: a worker that was slow.
 */
export async function containAmidst(crowd: Crowd, shape: Replaced, nth: number, late: boolean): Promise<Cell> {
  const world = await worldOf(shape);
  let containment: Promise<Rotation> | undefined;
  const begin = () => (containment ??= subject.contain('critical'));
  const subject: Subject = await crowd.subject(
    world,
    {
      atActivity: async (call, act) => {
        if (call.nth === nth && call.attempt === 1) await begin();
        return act();
      },
      atPort: async (call, act) => {
        if (late && containment && isOfRotation(call)) await revoked(subject);
        return act();
      },
    },
    containable,
  );
  subject.decidesBy = 'signal';
  const rotation = await subject.rotate();
  let over = false;
  const rotated = operate(subject, rotation, sensible)
    .finally(() => (over = true))
    .then(
      ({ result }) => result,
      // It asked for the hold after the containment had it.
      (error: unknown) => (error instanceof WorkflowFailedError ? 'refused' : (error as Error).message),
    );
  while (!containment && !over) await sleep(20);
  if (!containment) return cell(subject, 0, 'never contained', [`not so: it made call ${nth}: ${await rotated}`]);
  const contained = await ended(subject, await containment);
  const result = await rotated;
  const stopped = ['stopped', 'completed', 'refused'].includes(result);
  return {
    ...contained,
    outcome: `${contained.outcome}, rotation ${result}`,
    problems: stopped ? contained.problems : [...contained.problems, `not so: the rotation stopped: ${result}`],
  };
}

/** Only a rotation makes these calls. */
function isOfRotation({ name }: PortCall): boolean {
  return /^system\.(mint\.(issue|install)|enroll)$|^api\.(deliver|apply)$|^store\.put$/.test(name);
}

async function revoked({ watcher }: Subject): Promise<void> {
  for (let round = 0; round < 250 && !watcher.calls.includes('system.revoke'); round += 1) await sleep(20);
}

/** Re-opens an identity that was contained, with these faults in the way of the calls that the re-opening makes. */
export async function reopenOnce(crowd: Crowd, shape: Replaced, faults: Faults): Promise<Cell> {
  let before = Infinity;
  const trouble = { atActivity: suffering(faults, () => before) };
  const subject = await crowd.subject(await worldOf(shape), trouble, containable);
  await subject.outcome(await subject.contain('critical'));
  before = subject.calls.length;
  const reopened = await ended(subject, await subject.reopen(), notReopened);
  return { ...reopened, calls: reopened.calls.slice(before) };
}

async function ended(subject: Subject, run: Rotation, unsound = notContained): Promise<Cell> {
  try {
    const { result } = await operate(subject, run, agreeing);
    return cell(subject, 0, result, await unsound(subject, result));
  } catch (error) {
    return cell(subject, 0, 'stuck', [(error as Error).message]);
  }
}

/** What must be true once a containment has ended: I10 in the world, and the lifecycle's record agrees. */
export async function notContained(subject: Subject, result: string): Promise<string[]> {
  const { system, first } = subject.world;
  const record = await subject.record();
  return failed([
    ['I9: faults never end a containment', result === 'completed'],
    ['I10: the first secret is refused', !system.accepts(first.id, first.secret)],
    [`I10: nothing exists: ${system.credentials.map(({ id }) => id).join(' ')}`, system.credentials.length === 0],
    ['it is contained', record?.state === 'contained' && record.containment !== undefined],
    ['I9: nobody holds it, and nothing is left to settle', !record?.hold && !record?.interrupted],
  ]);
}

async function notReopened(subject: Subject, result: string): Promise<string[]> {
  const record = await subject.record();
  return failed([
    ['I9: faults never end a re-opening', result === 'completed'],
    ['it is active, and was contained', record?.state === 'active' && record.containment === undefined],
    ['I9: nobody holds it', !record?.hold],
    ['I10: nothing lives again', subject.world.system.credentials.length === 0],
  ]);
}

import type { Rotation } from '../workflows/harness.ts';
import { gone } from '../workflows/leaving.ts';
import type { Crowd } from './crowd.ts';
import { suffering } from './faults.ts';
import { cell, worldOf, type Cell, type Faults, type Replaced } from './matrix.ts';
import { operate, type Policy } from './operator.ts';
import { failed } from './paths.ts';
import type { Subject } from './subject.ts';

const declared = { offboarding: { observe: '30s', reprobe: '10s' } };

/** People who say of each consumer that it is gone. */
const agreeing: Policy = (open) => {
  const gate = open.find(({ id }) => id.startsWith('gone-'));
  return gate ? { gate: gate.id } : undefined;
};

/** Takes one identity out of service whose consumer is gone, with these faults in the way. */
export async function offboardOnce(crowd: Crowd, replaced: Replaced, faults: Faults): Promise<Cell> {
  const subject = await leaving(crowd, replaced, faults);
  return ended(subject, await subject.offboard(), notOffboarded);
}

/** The same, and somebody aborts as soon as something is disabled. */
export async function abortOnce(crowd: Crowd, replaced: Replaced, faults: Faults): Promise<Cell> {
  const subject = await leaving(crowd, replaced, faults);
  const run = await subject.offboard();
  subject.onDisabled = () => void subject.abort(run);
  return ended(subject, run, notAsBefore);
}

async function leaving(crowd: Crowd, replaced: Replaced, faults: Faults): Promise<Subject> {
  return crowd.subject(gone(await worldOf(replaced)), { atActivity: suffering(faults) }, declared);
}

async function ended(
  subject: Subject,
  run: Rotation,
  unsound: (subject: Subject, result: string) => Promise<string[]>,
): Promise<Cell> {
  try {
    const { result } = await operate(subject, run, agreeing);
    return cell(subject, 0, result, await unsound(subject, result));
  } catch (error) {
    return cell(subject, 0, 'stuck', [(error as Error).message]);
  }
}

async function notOffboarded(subject: Subject, result: string): Promise<string[]> {
  const { system, store, unscheduled } = subject.world;
  const record = await subject.record();
  return failed([
    ['I9: faults never end an offboarding', result === 'completed'],
    [`I10: nothing exists: ${system.credentials.map(({ id }) => id).join(' ')}`, system.credentials.length === 0],
    ['it is out of service', record?.state === 'offboarded' && record.current === undefined],
    ['I9: nobody holds it', !record?.hold],
    ['I6: the store holds what others have put there alone', store.secrets.size === 1],
    ['nothing begins by itself', unscheduled.size === 1],
  ]);
}

async function notAsBefore(subject: Subject, result: string): Promise<string[]> {
  const { system, first } = subject.world;
  const record = await subject.record();
  return failed([
    ['I9: it went back to the start', result === 'rolled-back'],
    ['I1: the credential works', system.accepts(first.id, first.secret)],
    ['it is active', record?.state === 'active' && !record.hold],
  ]);
}

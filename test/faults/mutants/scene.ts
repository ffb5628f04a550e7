import assert from 'node:assert/strict';
import { MemoryWorld, type Shape } from '../../workflows/memory-world.ts';
import type { Crowd } from '../crowd.ts';
import { operate, sensible, type Policy } from '../operator.ts';
import type { Subject, Trouble } from '../subject.ts';

/** A kernel with a mistake in it may stand still for good. */
export const patienceMs = 20_000;

export interface Rotated {
  readonly subject: Subject;
  readonly result: string;
  readonly gates: readonly string[];
  readonly steps: Awaited<ReturnType<Subject['status']>>['steps'];
}

/** One rotation; the watcher must have seen nothing break. */
export async function rotate(
  crowd: Crowd,
  shape: Shape,
  trouble: Trouble,
  policy: (subject: Subject) => Policy,
  change: Record<string, unknown> = {},
): Promise<Rotated> {
  const subject = await crowd.subject(new MemoryWorld(shape, ['api']), trouble, change);
  const run = await subject.rotate();
  const { result } = await operate(subject, run, policy(subject), patienceMs);
  const { gates, steps } = await subject.status(run);
  assert.deepEqual(subject.watcher.broken, []);
  return { subject, result, steps, gates: gates.map(({ id }) => id) };
}

/** A person who goes back as soon as that is offered, and notes it. */
export function goBack(turn: { after: number }): Policy {
  return (open) => {
    const back = open.find(({ id }) => id.startsWith('roll-back-'));
    if (back) turn.after = 1;
    return back ? { gate: back.id } : sensible(open);
  };
}

export function isRevoked({ system, first }: MemoryWorld): boolean {
  return !system.credentials.some(({ id }) => id === first.id);
}

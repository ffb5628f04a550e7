import type { MemoryWorld } from '../workflows/memory-world.ts';
import type { Replaced } from './matrix.ts';
import { sensible, type Policy } from './operator.ts';
import type { Subject } from './subject.ts';

/** One way that a rotation can take, and what must be true at its end. */
export interface Path {
  readonly name: string;
  readonly shapes: readonly Replaced[];
  policy(subject: Subject, turn: { after: number }): Policy;
  unsound(result: string, world: MemoryWorld): string[];
}

export const forward: Path = {
  name: 'completed',
  shapes: ['overlap', 'alternate', 'in-place', 'certificate'],
  policy: () => sensible,
  unsound: (result, world) => {
    const live = world.system.credentials.filter(({ status }) => status === 'live');
    return failed([
      ['I9: one fault never ends a rotation', result === 'completed'],
      ['I10: the old one is refused', !world.system.accepts(world.first.id, world.first.secret)],
      ['I5: one credential exists and no orphan', world.system.credentials.length === 1 && live.length === 1],
      ['I2: it can be recovered', live.every(({ secret }) => world.store.holds(secret))],
      [
        'I3: every consumer runs on it',
        Object.values(world.consumers).every((each) => each.running?.id === live[0]?.id),
      ],
      ['I1: every consumer works', everyoneWorks(world)],
      ['I6: the store holds what one success would have left', world.store.secrets.size === 2],
    ]);
  },
};

/** A person says no at the last gate before anything is taken away; in-place, where that gate comes first, later on. */
export const rejected: Path = {
  name: 'rolled back at the gate',
  shapes: ['overlap', 'alternate', 'certificate'],
  policy: (subject, turn) => (open) => {
    if (!open.some(({ id }) => id.startsWith('retirement'))) return sensible(open);
    turn.after ||= subject.calls.length;
    return { gate: open[0]!.id, decision: 'reject' };
  },
  unsound: asItWas,
};

/** The consumer is lost from sight while the old one is disabled, and a person chooses to go back. */
export const unseen: Path = {
  name: 'rolled back after disabling',
  shapes: ['overlap', 'alternate'],
  policy: (subject, turn) => {
    const api = subject.world.consumers['api']!;
    // What it is asked again after the disabling fails: it stands disabled for the first time then.
    subject.onDisabled = () => {
      if (turn.after === 0) api.reachable = false;
    };
    return goBack(subject, turn, () => (api.reachable = true));
  },
  unsound: asItWas,
};

/** The one slot was changed, and the consumer does not take the new one up. */
export const ignored: Path = {
  name: 'rolled back after the change',
  shapes: ['in-place'],
  policy: (subject, turn) => {
    const api = subject.world.consumers['api']!;
    api.reload = 'ignored';
    return goBack(subject, turn, () => (api.reload = 'works'));
  },
  unsound: asItWas,
};

function goBack(subject: Subject, turn: { after: number }, mend: () => unknown): Policy {
  return (open) => {
    const back = open.find(({ id }) => id.startsWith('roll-back-'));
    if (!back) return sensible(open);
    turn.after ||= subject.calls.length;
    mend();
    return { gate: back.id };
  };
}

function asItWas(result: string, world: MemoryWorld): string[] {
  const { system, store, first } = world;
  return failed([
    ['it was rolled back', result === 'rolled-back'],
    ['I1: the old one works', system.accepts(first.id, first.secret)],
    ['I5: nothing else exists', system.credentials.length === 1],
    ['I5: no new secret is left', store.secrets.size === 1],
    [
      'I3: every consumer runs on the old one',
      Object.values(world.consumers).every((each) => each.running?.id === first.id),
    ],
    ['I1: every consumer works', everyoneWorks(world)],
  ]);
}

function everyoneWorks({ system, consumers }: MemoryWorld): boolean {
  return Object.values(consumers).every(({ running }) => running && system.accepts(running.id, running.secret));
}

/** The sentences that are not so. */
export function failed(claims: readonly (readonly [claim: string, holds: boolean])[]): string[] {
  return claims.filter(([, holds]) => !holds).map(([claim]) => `not so: ${claim}`);
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { GateStatus } from '../../src/contract/messages.ts';
import { isAtRest } from '../workflows/at-rest.ts';
import type { Rotation } from '../workflows/harness.ts';
import { sensible, unlessOver, type Answer, type Policy } from './operator.ts';
import type { Chosen, Noise, Schedule } from './schedule.ts';
import type { Subject } from './subject.ts';

/** Those who decide as the schedule says, after some who may not, or who say what makes no sense. A run that is paused goes on. */
export function deciding(subject: Subject, run: Rotation, { choices, noise }: Schedule, endsAt: number | null): Policy {
  const left = [...choices];
  const heard = new Set<string>();
  return async (open, status) => {
    if (status.paused) await run.signal('resume', { by: 'dana@example.com', reason: 'a test' }).catch(() => undefined);
    const [gate] = open;
    if (!gate) return undefined;
    if (!heard.has(gate.id) && heard.size === endsAt && (await endAtRest(run))) return undefined;
    await hear(subject, run, gate, noise, heard);
    if (gate.id.startsWith('slot')) freeSlot(subject, gate);
    return answer(left.shift() ?? 'yes', open) ?? sensible(open);
  };
}

/** Those who say of each consumer that it is paused, after some who may not. */
export function pausing(subject: Subject, run: Rotation, { noise }: Schedule): Policy {
  const heard = new Set<string>();
  return async (open) => {
    const gate = open.find(({ id }) => id.startsWith('paused-'));
    if (!gate) return undefined;
    await hear(subject, run, gate, noise, heard);
    return { gate: gate.id };
  };
}

/** What is said at a gate before anybody decides there, once. */
async function hear(subject: Subject, run: Rotation, gate: GateStatus, noise: readonly Noise[], heard: Set<string>) {
  if (heard.has(gate.id)) return;
  for (const each of noise) await disturb(subject, run, gate, each, [...heard]);
  heard.add(gate.id);
}

/**
 * The server for tests lets no time pass while a task of an ended run is open, so this is tried until nothing is under way.
 * Time goes on meanwhile, and a run whose gate expires may end by itself first.
 */
async function endAtRest(run: Rotation): Promise<boolean | undefined> {
  for (let round = 0; round < 20; round += 1) {
    if (await isAtRest(run)) return unlessOver(run.terminate().then(() => true));
    await sleep(50);
  }
  return false;
}

/** Does what the gate asks for, outside of Keyturn: what it says may be ours is deleted there. */
function freeSlot({ world: { system } }: Subject, { evidence }: GateStatus): void {
  const may = evidence.filter((line) => line.includes('it may be ours')).map((line) => line.split(':')[0]);
  const left = system.credentials.filter(({ id }) => !may.includes(id));
  system.credentials.splice(0, system.credentials.length, ...left);
}

function answer(chosen: Chosen, open: readonly GateStatus[]): Answer | undefined {
  const choice = (name: string) => open.find(({ id }) => id.startsWith(`${name}-`));
  const [waive, back] = [choice('waive'), choice('roll-back')];
  if (chosen === 'waive' && waive) return { gate: waive.id, comment: 'it is being retired' };
  if (chosen === 'roll back' && back) return { gate: back.id };
  return chosen === 'no' && open.length === 1 ? { gate: open[0]!.id, decision: 'reject' } : undefined;
}

/** What must not count. It is sent as an update or a signal, and whatever is answered, the run must go on as if it was not. */
async function disturb(
  subject: Subject,
  run: Rotation,
  { id: gate }: GateStatus,
  noise: Noise,
  earlier: readonly string[],
): Promise<void> {
  const yes = { gate, decision: 'approve', approver: 'dana@example.com' } as const;
  // Who asked for the operation may decide at a gate that takes no way back away.
  const strict = /^(retirement|interruption|waive|paused)/.test(gate);
  const sent: Record<Noise, () => Promise<unknown>> = {
    'wrong plan': () => subject.confirm(run, gate, { plan: `sha256:${'0'.repeat(64)}` }),
    requester: async () => strict && subject.confirm(run, gate, { approver: 'rob@example.com', comment: 'me' }),
    stranger: () => subject.confirm(run, gate, { approver: 'mallory@example.com' }),
    'earlier gate': async () => earlier[0] && run.signal('confirm', { ...yes, gate: earlier[0], decision: 'reject' }),
    malformed: () => run.signal('confirm', { gate, decision: 'perhaps' }),
    twice: () => run.signal('confirm', { ...yes, gate: `${gate}-of-another-run` }),
  };
  await sent[noise]().catch(() => undefined);
}

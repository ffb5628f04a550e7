import { setTimeout as sleep } from 'node:timers/promises';
import { WorkflowNotFoundError } from '@temporalio/client';
import type { GateStatus, OperationOutcome, OperationStatus } from '../../src/contract/messages.ts';
import type { Rotation } from '../workflows/harness.ts';
import type { Subject } from './subject.ts';
import { allLooks } from './watcher.ts';

/** What somebody does at the gates that are open: the answer, or nothing. */
export type Policy = (
  open: readonly GateStatus[],
  status: OperationStatus,
) => Answer | undefined | Promise<Answer | undefined>;

export interface Answer {
  readonly gate: string;
  readonly decision?: 'approve' | 'reject';
  readonly comment?: string;
  readonly approver?: string;
  readonly plan?: string;
}

/** A sensible operator: yes to what the run is about, `retry` where something failed. */
export const sensible = (open: readonly GateStatus[]): Answer | undefined => {
  const gate = open.find(({ id }) => !/^(waive|roll-back)-/.test(id));
  return gate && { gate: gate.id };
};

const longest = 60_000;

/**
 * Decides at the gates of a run until it has ended. They are looked at when people are told of one, and now and
 * then. Throws when nothing happens to anybody for as long as patience lasts, in milliseconds of real time, or it goes on for five
 * times as long.
 */
export async function operate(
  subject: Subject,
  run: Rotation,
  policy: Policy,
  patienceMs = longest,
): Promise<OperationOutcome> {
  let ended = false;
  const outcome = subject.outcome(run).finally(() => (ended = true));
  outcome.catch(() => undefined);
  const latest = Date.now() + 5 * patienceMs;
  let [end, seen, again] = [Date.now() + patienceMs, 0, false];
  for (let told = 0, idle = 0; !ended; idle += 1) {
    const { length } = subject.world.notices;
    if (again || length > told || idle % 40 === 39) {
      told = length;
      again = await decideOnce(subject, run, policy);
    }
    if (subject.watcher.broken.length > 0) throw new Error(subject.watcher.broken.join('; '));
    // No time passes for one that waits while others are busy.
    const { count } = allLooks;
    if (count > seen) end = Math.min(latest, Date.now() + patienceMs);
    seen = count;
    if (Date.now() > end) throw new Error(await describe(subject, run));
    await Promise.race([outcome.catch(() => undefined), sleep(50)]);
  }
  return outcome;
}

/** Returns whether something was decided: then there may be more to decide. */
async function decideOnce(subject: Subject, run: Rotation, policy: Policy): Promise<boolean> {
  const status = await subject.status(run);
  if (status.outcome) return false;
  const open = status.gates.filter(({ state }) => state === 'open');
  for (const { id, evidence } of open)
    if (evidence.length === 0) subject.watcher.broken.push(`I9: gate ${id} does not say why it asks`);
  const mustWork = subject.watcher.ending === 'no';
  if (mustWork && open.length > 0 && !status.live.some((id) => works(subject, id)))
    subject.watcher.broken.push(`I9: at a gate the run names ${status.live.join(' ')}, and none of them works`);
  if (open.some(({ id }) => id.startsWith('retirement'))) subject.watcher.asked();
  const { gate, ...sent } = (await policy(open, status)) ?? {};
  if (gate !== undefined) await unlessOver(subject.confirm(run, gate, sent));
  return gate !== undefined;
}

/** What is told to a run that has ended meanwhile is lost, as in life: how it ended is seen by its outcome. */
export async function unlessOver<Told>(told: Promise<Told>): Promise<Told | undefined> {
  return told.catch((error: unknown) => {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  });
}

function works({ world }: Subject, id: string): boolean {
  return world.system.credentials.some((each) => each.id === id && each.status === 'live');
}

async function describe(subject: Subject, run: Rotation): Promise<string> {
  const { stage, steps, gates } = await subject.status(run);
  const open = gates.filter(({ state }) => state === 'open').map(({ id, evidence }) => ({ id, evidence }));
  return `I9: it neither ends nor goes on: ${JSON.stringify({ stage, steps: steps.slice(-3), open })}`;
}

import type { KeyturnClient } from '../client.ts';
import type { GateStatus, OperationOutcome, OperationStatus, StepStatus } from '../contract/messages.ts';
import { isErrorCode } from '../contract/errors.ts';
import { type Exit, exitOf, exits } from './exits.ts';
import { gateLines, outcomeLines } from './present.ts';
import type { Session } from './session.ts';

/** How a run was left: with its outcome, or waiting at gates where nobody is there to be asked. */
export type Followed = { readonly outcome: OperationOutcome } | { readonly waiting: readonly GateStatus[] };

/**
 * Shows the steps and gates of an operation as they happen, until it ends. Without a terminal it leaves at the first open
 * gate: a program that would wait there for a person waits for days.
 */
export async function follow(session: Session, client: KeyturnClient, workflowId: string): Promise<Followed> {
  session.leaves = `the operation goes on: keyturn status ${workflowId}`;
  const said = new Set<string>();
  const once = (key: string, lines: readonly string[]) => {
    if (!said.has(key)) for (const line of lines) session.terminal.say(line);
    said.add(key);
  };
  for await (const status of client.watch(workflowId)) {
    showSteps(status, once);
    const open = status.gates.filter(({ state }) => state === 'open');
    for (const gate of open) once(`gate ${gate.id}`, gateLines(workflowId, gate));
    if (open.length > 0 && !session.terminal.attended && !status.outcome) return { waiting: open };
    if (!status.outcome) session.terminal.now(currently(status));
  }
  return { outcome: await client.result(workflowId) };
}

/** The one result of a verb that followed a run. */
export function conclude(session: Session, followed: Followed, about: object): Exit {
  if ('waiting' in followed) {
    session.result({ ...about, ...followed }, ['the operation waits for a decision (exit code 5)']);
    return exits.waiting;
  }
  session.result({ ...about, ...followed }, outcomeLines(followed.outcome));
  return exitFor(followed.outcome);
}

/** What stopped an operation before it began to change anything is worth an exit code of its own: 2 to set right, 3 to try again. */
function exitFor({ result, code }: OperationOutcome): Exit {
  if (result === 'completed' || result === 'planned') return exits.done;
  if (code === 'denied') return exits.badInput;
  return isErrorCode(code) ? exitOf[code] : exits.unfinished;
}

function showSteps({ steps, gates, paused }: OperationStatus, once: (key: string, lines: string[]) => void): void {
  for (const [at, step] of steps.entries()) {
    if (step.state !== 'running') once(`step ${at} ${step.state}`, [stepLine(step)]);
  }
  for (const { id, state, given } of gates) {
    for (const { by } of given) once(`gate ${id} ${by}`, [`gate ${id}: approved by ${by} (unproven)`]);
    if (state !== 'open') once(`gate ${id} ${state}`, [`gate ${id}: ${state}`]);
  }
  if (paused) once(`paused ${paused.by} ${paused.reason}`, [`paused by ${paused.by}: ${paused.reason}`]);
}

function stepLine({ state, step, object, because, endedAt, startedAt }: StepStatus): string {
  return `${(endedAt ?? startedAt).slice(11, 19)} ${state.padEnd(6)} ${step} ${object}${because ? `: ${because}` : ''}`;
}

function currently({ stage, steps }: OperationStatus): string {
  const running = steps.findLast(({ state }) => state === 'running');
  return `... ${stage}${running ? `: ${running.step} ${running.object}` : ''}`;
}

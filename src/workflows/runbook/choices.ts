import type { GateSpec } from '../../contract/identity.ts';
import type { StepFailed } from './failure.ts';
import type { Decided, Question } from './gate.ts';
import type { Step } from './steps.ts';

/** What an operator may choose when a command keeps failing. */
export type Choice = 'retry' | 'waive' | 'roll-back';

export interface Chosen {
  readonly choice: Choice;
  readonly by: string;
  readonly reason: string;
}

/** One gate per choice, each bound to what it would do. Waiving alone is closed to the requester: the others harm nothing. */
export function choiceQuestions(
  choices: readonly Choice[],
  step: Step,
  { undo, failure, live, spec }: ChoiceFacts,
): readonly Question[] {
  const evidence = [
    `${step.name} ${step.object} failed: ${failure.code}: ${failure.message}`,
    `live now: ${live.join(', ') || 'not known'}`,
  ];
  return choices.map((choice) => ({
    ...wording[choice](step, undo),
    id: `${choice}-${step.object}`,
    evidence,
    spec,
    harmless: choice !== 'waive',
  }));
}

export interface ChoiceFacts {
  /** What an undoing would do, in order. */
  readonly undo: readonly string[];
  readonly failure: StepFailed;
  readonly live: readonly string[];
  readonly spec: GateSpec;
}

/** Nobody in time is a choice too: back to the start, the only direction that needs no decision. */
export function chosenBy({ id, state, approvals }: Decided, choices: readonly Choice[]): Chosen {
  const choice = choices.find((each) => id.startsWith(`${each}-`));
  const last = approvals.at(-1);
  if (state !== 'approved' || !choice || !last)
    return { choice: 'roll-back', by: 'nobody answered in time, which', reason: '' };
  return { choice, by: last.by, reason: last.comment ?? '' };
}

const wording: Record<
  Choice,
  (step: Step, undo: readonly string[]) => Pick<Question, 'question' | 'commands' | 'reasonRequired'>
> = {
  retry: ({ name, object }) => ({ question: `Try again to ${name} ${object}?`, commands: [`${name} ${object}`] }),
  waive: ({ name, object }) => ({
    question: `Go on without ${object}? A reason is required, and it stays on the record with your name.`,
    commands: [`go on although ${name} ${object} was not confirmed`],
    reasonRequired: true,
  }),
  'roll-back': ({ object }, undo) => ({
    question: `Give up on ${object} and go back to the start?`,
    commands: undo,
  }),
};

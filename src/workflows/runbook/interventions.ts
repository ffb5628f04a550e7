import { condition } from '@temporalio/workflow';
import type { IdentityRecord, Waiver } from '../../contract/identity.ts';
import { Attempts } from './attempts.ts';
import type { Board } from './board.ts';
import { choiceQuestions, chosenBy, type Choice, type Chosen } from './choices.ts';
import { failureOf, Halt, type StepFailed } from './failure.ts';
import type { Gates } from './gates.ts';
import { now, type Journal } from './journal.ts';
import type { Orders } from './orders.ts';
import type { Step } from './steps.ts';
import type { WayBack } from './way-back.ts';

/** What came of insisting: the step's value, or the waiver of a named person. */
export type Insisted<Value> = { readonly done: Value } | { readonly waived: Waiver };

/** The run that asks: what a person sees who decides how it goes on. */
export interface Intervened {
  readonly operation: string;
  readonly record: IdentityRecord;
  readonly gates: Gates;
  readonly orders: Orders;
  readonly wayBack: WayBack;
  readonly journal: Journal;
  readonly live: ReadonlySet<string>;
  readonly alarms: Map<string, string>;
  readonly board: Board;
}

/** Where nothing else is declared, people hear of it this often. */
const remind = 3_600_000;

/** Asks a person whenever a step keeps failing, so that a run stands in no state that nobody can lead it out of (I9). */
export class Interventions {
  readonly #run: Intervened;
  readonly #waivers: Waiver[] = [];

  constructor(run: Intervened) {
    this.#run = run;
  }

  get waivers(): readonly Waiver[] {
    return this.#waivers;
  }

  /** Repeats an act until it is done or a person has decided otherwise. The choice `roll-back` throws `Halt`. */
  async insist<Value>(step: Step, choices: readonly Choice[], act: () => Promise<Value>): Promise<Insisted<Value>> {
    for (;;) {
      try {
        return { done: await act() };
      } catch (error) {
        const failure = failureOf(error);
        // Where another operation holds the identity, nobody here has anything to decide.
        if (failure.code === 'hold_lost') throw failure;
        // On the way back there is no further back to go: a stop is a failure like any other, and a person is asked.
        if (error instanceof Halt && this.#run.wayBack.direction !== 'undoing') throw error;
        const chosen = await this.#ask(step, choices, failure);
        if (chosen.choice === 'roll-back')
          throw new Halt(`${chosen.by} chose to roll back: ${step.name} ${step.object} kept failing`);
        if (chosen.choice === 'waive') return { waived: this.waive(step, chosen) };
      }
    }
  }

  /**
   * Repeats an act until it is done. Meanwhile `alarm` stands in the status with why it failed last, and a gate stands open at
   * which a named person may go on without it.
   */
  async persist<Value>(step: Step, alarm: string, act: () => Promise<Value>): Promise<Insisted<Value>> {
    const { alarms, board, orders } = this.#run;
    const attempts = new Attempts(act, (failure) => {
      alarms.set(step.object, `${alarm}: ${failure.code}, ${failure.message}`);
      board.show();
    });
    const tried = attempts.begin();
    tried.catch(() => undefined);
    await condition(() => attempts.ended || attempts.failed !== undefined);
    const waiver = attempts.ended ? undefined : await this.#askToWaive(step, alarm, attempts);
    attempts.end();
    if (!waiver) await tried;
    alarms.delete(step.object);
    await orders.ready();
    return waiver ? { waived: waiver } : { done: attempts.value! };
  }

  async #askToWaive(step: Step, alarm: string, attempts: Attempts<unknown>): Promise<Waiver | undefined> {
    const { live, wayBack, record, gates } = this.#run;
    const { intervention } = record.spec.gates;
    const spec = { ...intervention, remind: intervention.remind ?? remind };
    const facts = { undo: wayBack.commands, failure: attempts.failed!, live: [...live], spec };
    const asked = choiceQuestions(['waive'], step, facts).map((each) => ({
      ...each,
      question: `${alarm}. ${each.question}`,
    }));
    const decided = await gates.ask(asked, false, () => attempts.ended);
    return decided.state === 'approved' ? this.waive(step, chosenBy(decided, ['waive'])) : undefined;
  }

  async #ask(step: Step, choices: readonly Choice[], failure: StepFailed): Promise<Chosen> {
    const { live, wayBack, record, gates, orders } = this.#run;
    const facts = { undo: wayBack.commands, failure, live: [...live], spec: record.spec.gates.intervention };
    const questions = choiceQuestions(choices, step, facts);
    // Without a safe direction of its own the run waits for a person as long as it takes.
    const decided = await gates.ask(questions, wayBack.direction === 'back' && choices.includes('roll-back'));
    await orders.ready();
    return chosenBy(decided, choices);
  }

  /** Keeps the name and the reason, for the record of the identity. */
  waive({ name, object }: Step, { by, reason }: Pick<Waiver, 'by' | 'reason'>): Waiver {
    const waiver = { consumer: object, by, reason, at: now(), operation: this.#run.operation };
    const waived = { step: name, command: 'waive', object, verdict: 'accepted' } as const;
    this.#waivers.push(waiver);
    this.#run.journal.write({ ...waived, because: waivedBy({ by, reason }) });
    return waiver;
  }
}

/** Who took it upon themselves, and why. */
export function waivedBy({ by, reason }: Pick<Waiver, 'by' | 'reason'>): string {
  return `waived by ${by}: ${reason}`;
}

import type { StepStatus } from '../../contract/messages.ts';
import { failureOf } from './failure.ts';
import { now, type Journal } from './journal.ts';

export interface Step {
  readonly name: string;
  readonly object: string;
  /** Registered before the step acts, since a step may have acted though its answer was lost. It looks before it undoes (I7). */
  readonly undo?: Undo;
  /** It may be tried for months: an attempt takes the place of the failed one before it, which the journal keeps. */
  readonly persistent?: boolean;
}

export interface Undo {
  readonly name: string;
  readonly object: string;
  act(): Promise<unknown>;
}

/** What was done, what is being done and what failed, in the order in which it began. */
export class Steps {
  readonly #journal: Journal;
  readonly #changed: () => void;
  #list: StepStatus[] = [];

  constructor(journal: Journal, changed: () => void) {
    this.#journal = journal;
    this.#changed = changed;
  }

  read(): readonly StepStatus[] {
    return this.#list;
  }

  /** Runs one command and keeps how it ended; what it throws is a `StepFailed`. */
  async act<Value>(
    { name, object, persistent = false }: Step,
    act: () => Promise<Value>,
    because?: (value: Value) => string,
  ): Promise<Value> {
    const failed = persistent ? this.#list.findLastIndex((each) => isFailed(each, name, object)) : -1;
    const at = failed < 0 ? this.#list.length : failed;
    this.#list[at] = { step: name, object, state: 'running', startedAt: now() };
    this.#changed();
    try {
      const value = await act();
      this.#end(at, 'done', because?.(value) ?? 'done');
      return value;
    } catch (error) {
      const failure = failureOf(error);
      this.#end(at, 'failed', `${failure.code}: ${failure.message}`);
      throw failure;
    }
  }

  #end(at: number, state: 'done' | 'failed', because: string): void {
    const began = this.#list[at]!;
    const { step, object } = began;
    this.#list[at] = { ...began, state, endedAt: now(), because };
    this.#journal.write({ step, command: step, object, verdict: state === 'done' ? 'yes' : 'failed', because });
    this.#changed();
  }
}

function isFailed({ step, object, state }: StepStatus, name: string, of: string): boolean {
  return state === 'failed' && step === name && object === of;
}

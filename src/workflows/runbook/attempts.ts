import { condition } from '@temporalio/workflow';
import { everRarer } from '../rules/ever-rarer.ts';
import { failureOf, Halt, type StepFailed } from './failure.ts';

/** Between two attempts that both failed for good, in milliseconds; after each so many of them twice as long. */
const pause = 60_000;
const pausesBeforeDoubling = 30;

/** One act, tried again and again until it is done, the hold is lost, or somebody has ended it. */
export class Attempts<Value> {
  readonly #act: () => Promise<Value>;
  readonly #tell: (failure: StepFailed) => void;
  #ended = false;
  value: Value | undefined;
  failed: StepFailed | undefined;

  constructor(act: () => Promise<Value>, tell: (failure: StepFailed) => void) {
    this.#act = act;
    this.#tell = tell;
  }

  get ended(): boolean {
    return this.#ended;
  }

  end(): void {
    this.#ended = true;
  }

  /** Resolves once it is done or was ended. Throws only what no further attempt can mend: that the run was stopped. */
  async begin(): Promise<void> {
    for (let round = 0; !this.#ended; round += 1) {
      try {
        this.value = await this.#act();
        this.#ended = true;
      } catch (error) {
        this.failed = failureOf(error);
        if (error instanceof Halt || this.failed.code === 'hold_lost') {
          this.#ended = true;
          throw error instanceof Halt ? error : this.failed;
        }
        this.#tell(this.failed);
        await condition(() => this.#ended, everRarer(pause, round, pausesBeforeDoubling));
      }
    }
  }
}

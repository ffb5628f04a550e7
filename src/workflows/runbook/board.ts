import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import type { IdentitySpec } from '../../contract/identity.ts';
import type { OperationOutcome, OperationStatus, Stage } from '../../contract/messages.ts';
import { attributeKeys, attributePairs } from './attributes.ts';
import { describe } from './details.ts';
import type { Gates } from './gates.ts';
import type { Orders } from './orders.ts';
import type { Steps } from './steps.ts';

export interface Sources {
  readonly verb: string;
  readonly identity: string;
  readonly live: ReadonlySet<string>;
  readonly alarms: ReadonlyMap<string, string>;
  readonly steps: Steps;
  readonly gates: Gates;
  readonly orders: Orders;
}

/** What can be seen of a run from outside: its status, its search attributes, and its details in the Temporal UI. */
export class Board {
  readonly #sources: Sources;
  #phase: Stage = 'starting';
  #shown: Stage | undefined;
  #outcome: OperationOutcome | null = null;

  constructor(sources: Sources) {
    this.#sources = sources;
  }

  /** Sets all search attributes at once. Before this the run can't be found by them. */
  held(spec: IdentitySpec): void {
    this.#phase = 'checking';
    this.#shown = this.#stage();
    upsertSearchAttributes(attributePairs(this.#sources.verb, spec, this.#shown));
    this.show();
  }

  enter(phase: Stage): void {
    this.#phase = phase;
    this.show();
  }

  ended(outcome: OperationOutcome): void {
    this.#outcome = outcome;
    const { result } = outcome;
    this.enter(result === 'rolled-back' || result === 'stopped' ? result : 'done');
  }

  status(): OperationStatus {
    const { verb, identity, live, alarms, steps, gates, orders } = this.#sources;
    return {
      operation: verb,
      identity,
      stage: this.#stage(),
      live: [...live],
      alarms: [...alarms.values()],
      steps: steps.read(),
      gates: gates.status(),
      paused: orders.paused,
      outcome: this.#outcome,
    };
  }

  /** Makes what a search finds and what the Temporal UI says agree with where the run stands. */
  show(): void {
    const stage = this.#stage();
    if (this.#shown && stage !== this.#shown) {
      upsertSearchAttributes([{ key: attributeKeys.stage, value: stage }]);
      this.#shown = stage;
    }
    setCurrentDetails(describe(this.status()));
  }

  #stage(): Stage {
    if (this.#outcome) return this.#phase;
    if (this.#sources.gates.open.length > 0) return 'awaiting-confirmation';
    return this.#sources.orders.paused ? 'paused' : this.#phase;
  }
}

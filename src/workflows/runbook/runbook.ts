import {
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  condition,
  proxyActivities,
  setCurrentDetails,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { Activities } from '../../activities/index.ts';
import type { IdentityRecord, Waiver } from '../../contract/identity.ts';
import type { OperationOutcome, OperationStatus, Order, Stage, StepStatus } from '../../contract/messages.ts';
import type { Credential } from '../../contract/references.ts';
import { attributeKeys, attributePairs } from './attributes.ts';
import { choiceQuestions, chosenBy, type Choice, type Chosen } from './choices.ts';
import { describe } from './details.ts';
import { giveBack, tell } from './ending.ts';
import { failureOf, Halt, type StepFailed } from './failure.ts';
import { Gates, type Decided, type Question } from './gates.ts';
import { Journal, now } from './journal.ts';
import { listen } from './listen.ts';

export interface Step {
  readonly name: string;
  readonly object: string;
  /** Registered before the step acts, since a step may have acted though its answer was lost. It looks before it undoes (I7). */
  readonly undo?: Undo;
}

export interface Undo {
  readonly name: string;
  readonly object: string;
  act(): Promise<unknown>;
}

/** What came of insisting: the step's value, or the waiver of a named person. */
export type Insisted<Value> = { readonly done: Value } | { readonly waived: Waiver };

/**
 * One run of one operation: the words that runbooks are written in. It registers what undoes a step before the step acts,
 * keeps what `status` and `journal` answer, and stands in no state that a person can't leave (I9).
 */
export class Runbook {
  readonly verb: string;
  readonly identity: string;
  /** The prefix of every operation id of this run: the same on retry, after continue-as-new and after a reset. */
  readonly operation: string;
  readonly journal = new Journal();
  readonly gates: Gates;
  /** Ids of the credentials that can authenticate now, as far as this run knows; shown wherever a person decides. */
  readonly live = new Set<string>();
  readonly waivers: Waiver[] = [];

  #record: IdentityRecord | undefined;
  #successor: Credential | undefined;
  #steps: StepStatus[] = [];
  #undo: Undo[] = [];
  #phase: Stage = 'starting';
  #shown: Stage = 'starting';
  #paused: Order | null = null;
  #stop: string | null = null;
  #automatic = true;
  #unwinding = false;
  #outcome: OperationOutcome | null = null;

  constructor(verb: string, request: unknown) {
    const { workflowId, firstExecutionRunId } = workflowInfo();
    const asked = (typeof request === 'object' && request !== null ? request : {}) as Record<string, unknown>;
    this.verb = verb;
    this.identity = String(asked['identity']).slice(0, 100);
    this.operation = `${workflowId}/${firstExecutionRunId}`;
    this.gates = new Gates(this.operation, String(asked['requestedBy']), {
      changed: () => this.#show(),
      tell: (kind, text, to) => this.#tell(kind, text, to),
      stopped: () => this.#stop !== null,
    });
    listen(this);
  }

  get record(): IdentityRecord {
    if (!this.#record) throw ApplicationFailure.nonRetryable('the identity is not held yet', 'invalid_request');
    return this.#record;
  }

  /** Runs the procedure. What it throws is unwound: nothing is left half done, and nothing ends in silence. */
  async conduct(body: () => Promise<OperationOutcome>): Promise<OperationOutcome> {
    const { cancelRequested } = CancellationScope.current();
    cancelRequested.catch(() => this.abort({ by: 'Temporal', reason: 'the run was cancelled' }));
    return CancellationScope.nonCancellable(async () => {
      const outcome = await body().catch((error: unknown) => this.#rollBack(error));
      await this.#end(outcome);
      await condition(allHandlersFinished);
      return outcome;
    });
  }

  held(record: IdentityRecord): void {
    this.#record = record;
    upsertSearchAttributes(attributePairs(this.verb, record.spec, this.#shown));
    this.#show();
  }

  /** Activities whose every call bears `summary` in the Temporal UI. `takes` is the longest that one attempt may need, in ms. */
  commands(summary: string, { takes = 60_000, once = false } = {}) {
    const retryFor = this.#record?.spec.retryFor ?? 600_000;
    return proxyActivities<Activities>({
      summary,
      startToCloseTimeout: takes + 30_000,
      scheduleToCloseTimeout: Math.max(retryFor, takes + 60_000),
      heartbeatTimeout: 10_000,
      retry: once ? { maximumAttempts: 1 } : { initialInterval: 500, maximumInterval: 60_000 },
    });
  }

  /** One command and its confirmation. Throws `StepFailed` once retries have run out, and `Halt` when the run was stopped. */
  async step<Value>(step: Step, act: () => Promise<Value>, because?: (value: Value) => string): Promise<Value> {
    await this.ready();
    if (step.undo) this.#undo.push(step.undo);
    return this.#act(step, act, because);
  }

  /** Repeats an act until it is done or a person has decided otherwise. The choice `roll-back` throws `Halt`. */
  async insist<Value>(step: Step, choices: readonly Choice[], act: () => Promise<Value>): Promise<Insisted<Value>> {
    for (;;) {
      try {
        return { done: await act() };
      } catch (error) {
        if (error instanceof Halt && !this.#unwinding) throw error;
        const chosen = await this.#intervene(step, choices, failureOf(error));
        if (chosen.choice === 'roll-back')
          throw new Halt(`${chosen.by} chose to roll back: ${step.name} ${step.object} kept failing`);
        if (chosen.choice === 'waive') return { waived: this.#waive(step, chosen) };
      }
    }
  }

  /** Asks one question. An abort throws `Halt`; without an answer in time the decision is `expired`. */
  async gate(question: Question): Promise<Decided> {
    const decided = await this.gates.ask([question], true);
    await this.ready();
    return decided;
  }

  async wait(ms: number, summary: string): Promise<void> {
    await condition(() => this.#stop !== null, ms, { summary });
    await this.ready();
  }

  /** From here on a failure no longer undoes by itself: it asks. What was registered stays, for an operator's `roll-back`. */
  forwardOnly(): void {
    this.#automatic = false;
  }

  /** From here on there is no way back. */
  noWayBack(): void {
    this.#automatic = false;
    this.#undo = [];
  }

  enter(phase: Stage): void {
    this.#phase = phase;
    this.#show();
  }

  note(step: string, object: string, because: string, references?: Readonly<Record<string, string>>): void {
    this.journal.write({
      step,
      command: step,
      object,
      verdict: 'note',
      because,
      ...(references ? { references } : {}),
    });
  }

  /** The identity's current credential from now on: told to its lifecycle when the run ends, however it ends. */
  succeed(fresh: Credential): void {
    this.#successor = fresh;
  }

  pause(order: Order): void {
    this.#paused = order;
    this.#show();
  }

  resume(): void {
    this.#paused = null;
    this.#show();
  }

  /** Stops the run where that is still safe, and says whether it was. */
  abort({ by, reason }: Order): boolean {
    if (this.#automatic) this.halt(`aborted by ${by}: ${reason}`);
    return this.#automatic;
  }

  /** Makes every part of this run end at its next step or gate. The first reason stays. */
  halt(because: string): void {
    this.#stop ??= because;
  }

  status(): OperationStatus {
    return {
      operation: this.verb,
      identity: this.identity,
      stage: this.#stage(),
      live: [...this.live],
      steps: this.#steps,
      gates: this.gates.status(),
      paused: this.#paused,
      outcome: this.#outcome,
    };
  }

  /** Waits while paused; throws `Halt` once the run was stopped. */
  async ready(): Promise<void> {
    await condition(() => this.#paused === null || this.#stop !== null);
    if (this.#stop !== null) throw new Halt(this.#stop);
  }

  async #act<Value>(
    { name, object }: Step,
    act: () => Promise<Value>,
    because?: (value: Value) => string,
  ): Promise<Value> {
    const at = this.#steps.push({ step: name, object, state: 'running', startedAt: now() }) - 1;
    const end = (state: 'done' | 'failed', words: string) => {
      this.#steps[at] = { ...this.#steps[at]!, state, endedAt: now(), because: words };
      this.journal.write({
        step: name,
        command: name,
        object,
        verdict: state === 'done' ? 'yes' : 'failed',
        because: words,
      });
      this.#show();
    };
    this.#show();
    try {
      const value = await act();
      end('done', because?.(value) ?? 'done');
      return value;
    } catch (error) {
      const failure = failureOf(error);
      end('failed', `${failure.code}: ${failure.message}`);
      throw failure;
    }
  }

  async #intervene(step: Step, choices: readonly Choice[], failure: StepFailed): Promise<Chosen> {
    const questions = choiceQuestions(
      choices,
      step,
      this.#undo,
      failure,
      [...this.live],
      this.record.spec.gates.intervention,
    );
    // Without a safe direction of its own the run waits for a person as long as it takes.
    const decided = await this.gates.ask(questions, this.#automatic && choices.includes('roll-back'));
    await this.ready();
    return chosenBy(decided, choices);
  }

  #waive({ name, object }: Step, { by, reason }: Chosen): Waiver {
    const waiver = { consumer: object, by, reason, at: now(), operation: this.operation };
    this.waivers.push(waiver);
    this.journal.write({
      step: name,
      command: 'waive',
      object,
      verdict: 'accepted',
      because: `waived by ${by}: ${reason}`,
    });
    return waiver;
  }

  /** Undoes in reverse order. An undo that keeps failing asks a person; none is skipped in silence. */
  async #rollBack(error: unknown): Promise<OperationOutcome> {
    const cause = error instanceof Halt ? error : failureOf(error);
    if (!this.#record)
      throw ApplicationFailure.nonRetryable(cause.message, cause instanceof Halt ? 'conflict' : cause.code);
    this.#stop = null;
    this.#automatic = false;
    this.#unwinding = true;
    this.enter('undoing');
    for (let undo = this.#undo.pop(); undo; undo = this.#undo.pop()) {
      const step = undo;
      await this.insist(step, ['retry', 'waive'], () => this.#act(step, () => step.act()));
    }
    return { result: 'rolled-back', because: cause.message, found: [] };
  }

  async #end(outcome: OperationOutcome): Promise<void> {
    const { identity, operation, waivers } = this;
    const current = this.#successor;
    const refused = await giveBack({
      identity,
      operation,
      result: outcome.result,
      waivers,
      ...(current ? { current } : {}),
    });
    if (refused) this.note('close', identity, `the lifecycle did not take the last word: ${refused}`);
    this.#outcome = outcome;
    this.enter(outcome.result === 'rolled-back' ? 'rolled-back' : 'done');
    await tell({
      identity,
      operation,
      kind: 'ended',
      text: `${this.verb}: ${outcome.result}, ${outcome.because}`,
      to: [this.record.spec.owner],
    });
  }

  #tell(kind: 'gate-opened' | 'reminder' | 'escalation', text: string, to: readonly string[]): void {
    const { identity, operation } = this;
    void tell({ identity, operation, kind, text, to }).then((told) =>
      this.note('notify', kind, told ? `told ${to.join(', ')}` : 'nobody could be told'),
    );
  }

  #stage(): Stage {
    if (this.#outcome) return this.#phase;
    if (this.gates.open.length > 0) return 'awaiting-confirmation';
    return this.#paused ? 'paused' : this.#phase;
  }

  #show(): void {
    const stage = this.#stage();
    if (this.#record && stage !== this.#shown) {
      upsertSearchAttributes([{ key: attributeKeys.stage, value: stage }]);
      this.#shown = stage;
    }
    setCurrentDetails(describe(this.status()));
  }
}

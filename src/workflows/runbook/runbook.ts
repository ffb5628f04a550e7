import {
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  condition,
  workflowInfo,
} from '@temporalio/workflow';
import type { IdentityRecord, Waiver } from '../../contract/identity.ts';
import type { OperationOutcome, Order } from '../../contract/messages.ts';
import type { Credential } from '../../contract/references.ts';
import { Board } from './board.ts';
import { choiceQuestions, chosenBy, type Choice, type Chosen } from './choices.ts';
import { commands, type CommandOptions } from './commands.ts';
import { giveBack, tell } from './ending.ts';
import { failureOf, Halt, type StepFailed } from './failure.ts';
import type { Decided, Question } from './gate.ts';
import { Gates } from './gates.ts';
import { Journal, now } from './journal.ts';
import { listen } from './listen.ts';
import { Orders } from './orders.ts';
import { Steps, type Step } from './steps.ts';
import { WayBack } from './way-back.ts';

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
  readonly orders = new Orders();
  readonly wayBack = new WayBack();
  readonly gates: Gates;
  readonly board: Board;
  /** Ids of the credentials that can authenticate now, as far as this run knows; shown wherever a person decides. */
  readonly live = new Set<string>();

  readonly #steps = new Steps(this.journal, () => this.board.show());
  readonly #waivers: Waiver[] = [];
  #record: IdentityRecord | undefined;
  #successor: Credential | undefined;

  constructor(verb: string, request: unknown) {
    const { workflowId, firstExecutionRunId } = workflowInfo();
    const { identity: asked, requestedBy } = Object(request) as Record<string, unknown>;
    this.verb = verb;
    this.identity = textOf(asked).slice(0, 100);
    this.operation = `${workflowId}/${firstExecutionRunId}`;
    this.gates = new Gates(this.operation, textOf(requestedBy), {
      changed: () => this.board.show(),
      tell: (kind, text, to) => this.#tell(kind, text, to),
      stopped: () => this.orders.stopped,
    });
    const { identity, live, gates, orders } = this;
    this.board = new Board({ verb, identity, live, steps: this.#steps, gates, orders });
    listen(this);
  }

  get record(): IdentityRecord {
    if (!this.#record) throw ApplicationFailure.nonRetryable('the identity is not held yet', 'invalid_request');
    return this.#record;
  }

  /** Runs the procedure. What it throws is unwound: nothing is left half done, and nothing ends in silence. */
  async conduct(body: () => Promise<OperationOutcome>): Promise<OperationOutcome> {
    const { cancelRequested } = CancellationScope.current();
    cancelRequested.catch(() => this.#cancel());
    return CancellationScope.nonCancellable(async () => {
      const outcome = await body().catch((error: unknown) => this.#rollBack(error));
      await this.#end(outcome);
      await condition(allHandlersFinished);
      return outcome;
    });
  }

  held(record: IdentityRecord): void {
    this.#record = record;
    this.board.held(record.spec);
  }

  commands(summary: string, options: CommandOptions = {}) {
    return commands(summary, this.#record?.spec.retryFor ?? 600_000, options);
  }

  /** One command and its confirmation. Throws `StepFailed` once retries have run out, and `Halt` when the run was stopped. */
  async step<Value>(step: Step, act: () => Promise<Value>, because?: (value: Value) => string): Promise<Value> {
    await this.orders.ready();
    this.wayBack.register(step.undo);
    return this.#steps.act(step, act, because);
  }

  /** Repeats an act until it is done or a person has decided otherwise. The choice `roll-back` throws `Halt`. */
  async insist<Value>(step: Step, choices: readonly Choice[], act: () => Promise<Value>): Promise<Insisted<Value>> {
    for (;;) {
      try {
        return { done: await act() };
      } catch (error) {
        // On the way back there is no further back to go: a stop is a failure like any other, and a person is asked.
        if (error instanceof Halt && this.wayBack.direction !== 'undoing') throw error;
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
    await this.orders.ready();
    return decided;
  }

  note(step: string, object: string, because: string, references?: Readonly<Record<string, string>>): void {
    this.journal.note(step, object, because, references);
  }

  /** The identity's current credential from now on: told to its lifecycle when the run ends, however it ends. */
  succeed(fresh: Credential): void {
    this.#successor = fresh;
  }

  /** Stops the run where that is still safe, and says whether it was. */
  abort({ by, reason }: Order): boolean {
    if (this.wayBack.direction !== 'back') return false;
    this.orders.stop(`aborted by ${by}: ${reason}`);
    return true;
  }

  /** Temporal's own cancel is an order like an abort, and journaled like one. */
  #cancel(): void {
    const obeyed = this.abort({ by: 'Temporal', reason: 'the run was cancelled' });
    const because = obeyed ? 'the run was cancelled' : 'the run was cancelled, but from here it only goes forward';
    this.journal.order('cancel', this.identity, obeyed, because);
  }

  async #intervene(step: Step, choices: readonly Choice[], failure: StepFailed): Promise<Chosen> {
    const { live, wayBack, record } = this;
    const facts = { undo: wayBack.commands, failure, live: [...live], spec: record.spec.gates.intervention };
    const questions = choiceQuestions(choices, step, facts);
    // Without a safe direction of its own the run waits for a person as long as it takes.
    const decided = await this.gates.ask(questions, wayBack.direction === 'back' && choices.includes('roll-back'));
    await this.orders.ready();
    return chosenBy(decided, choices);
  }

  #waive({ name, object }: Step, { by, reason }: Chosen): Waiver {
    const waiver = { consumer: object, by, reason, at: now(), operation: this.operation };
    const waived = { step: name, command: 'waive', object, verdict: 'accepted' } as const;
    this.#waivers.push(waiver);
    this.journal.write({ ...waived, because: `waived by ${by}: ${reason}` });
    return waiver;
  }

  /** Undoes in reverse order. An undo that keeps failing asks a person; none is skipped in silence. */
  async #rollBack(error: unknown): Promise<OperationOutcome> {
    const cause = error instanceof Halt ? error : failureOf(error);
    if (!this.#record)
      throw ApplicationFailure.nonRetryable(cause.message, cause instanceof Halt ? 'conflict' : cause.code);
    this.orders.obeyed();
    this.board.enter('undoing');
    await this.wayBack.go((undo) =>
      this.insist(undo, ['retry', 'waive'], () => this.#steps.act(undo, () => undo.act())),
    );
    const code = cause instanceof Halt ? {} : { code: cause.code };
    return { result: 'rolled-back', ...code, because: cause.message, found: [] };
  }

  async #end(outcome: OperationOutcome): Promise<void> {
    const { identity, operation } = this;
    const current = this.#successor && { current: this.#successor };
    const closing = { operation, result: outcome.result, waivers: this.#waivers, ...current };
    const refused = await giveBack({ identity, ...closing });
    if (refused) this.note('close', identity, `the lifecycle did not take the last word: ${refused}`);
    this.board.ended(outcome);
    const text = `${this.verb}: ${outcome.result}, ${outcome.because}`;
    await tell({ identity, operation, kind: 'ended', text, to: [this.record.spec.owner] });
  }

  #tell(kind: 'gate-opened' | 'reminder' | 'escalation', text: string, to: readonly string[]): void {
    const { identity, operation } = this;
    void tell({ identity, operation, kind, text, to }).then((told) =>
      this.note('notify', kind, told ? `told ${to.join(', ')}` : 'nobody could be told'),
    );
  }
}

/** The request is not validated yet, and whatever it is, it must not throw here. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

import {
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  condition,
  workflowInfo,
} from '@temporalio/workflow';
import type { ByHolder } from '../../activities/held.ts';
import type { IdentityRecord } from '../../contract/identity.ts';
import type { OperationOutcome, Order } from '../../contract/messages.ts';
import type { Credential } from '../../contract/references.ts';
import type { Operation } from '../../contract/request.ts';
import { Board } from './board.ts';
import type { Choice } from './choices.ts';
import { commands, type CommandOptions } from './commands.ts';
import { giveBack, tell, tellAndNote } from './ending.ts';
import { failureOf, Halt } from './failure.ts';
import { stopUnlessHeld } from './fence.ts';
import type { Decided, Question } from './gate.ts';
import { Gates } from './gates.ts';
import { Interventions, type Insisted } from './interventions.ts';
import { Journal } from './journal.ts';
import { listen } from './listen.ts';
import { Orders } from './orders.ts';
import { Steps, type Step } from './steps.ts';
import { WayBack } from './way-back.ts';

/** The request is not validated yet, and whatever it is, it must not throw here. */
const text = (value: unknown) => (typeof value === 'string' ? value : '');

/**
 * One run of one operation: the words that runbooks are written in. It registers what undoes a step before the step acts,
 * keeps what `status` and `journal` answer, and stands in no state that a person can't leave (I9).
 */
export class Runbook<Verb extends Operation = Operation> {
  readonly verb: Verb;
  readonly identity: string;
  /** The prefix of every operation id of this run: the same on retry, after continue-as-new and after a reset. */
  readonly operation: string;
  /** In whose name this run gives its commands. */
  readonly by: ByHolder;
  readonly journal = new Journal();
  readonly orders = new Orders();
  readonly wayBack = new WayBack();
  readonly gates: Gates;
  readonly board: Board;
  /** Ids of the credentials that can authenticate now, as far as this run knows; shown wherever a person decides. */
  readonly live = new Set<string>();
  /** What is tried again all the time, by what it is about. */
  readonly alarms = new Map<string, string>();

  /** What people decided where something keeps failing. */
  readonly interventions = new Interventions(this);
  readonly #steps = new Steps(this.journal, () => this.board.show());
  #record: IdentityRecord | undefined;
  #current: Credential | undefined;
  #successor: Credential | undefined;

  constructor(verb: Verb, request: unknown) {
    const { workflowId, runId, firstExecutionRunId } = workflowInfo();
    const { identity: asked, requestedBy } = Object(request) as Record<string, unknown>;
    this.verb = verb;
    this.identity = text(asked).slice(0, 100);
    this.operation = `${workflowId}/${firstExecutionRunId}`;
    this.by = { identity: this.identity, holder: { operation: this.operation, verb, workflowId, runId } };
    this.gates = new Gates(this.operation, text(requestedBy), {
      changed: () => this.board.show(),
      tell: (kind, text, to) => tellAndNote(this, kind, text, to),
      stopped: () => this.orders.stopped,
    });
    const { identity, live, alarms, gates, orders } = this;
    this.board = new Board({ verb, identity, live, alarms, steps: this.#steps, gates, orders });
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
      const outcome = await body()
        .catch((error: unknown) => this.#rollBack(error))
        .catch((error: unknown) => this.#stop(error));
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
  insist<Value>(step: Step, choices: readonly Choice[], act: () => Promise<Value>): Promise<Insisted<Value>> {
    return this.interventions.insist(step, choices, act);
  }

  /** Repeats an act for as long as it takes; only a named person ends that, with a reason. For what must never end in failure (F14). */
  persist<Value>(step: Step, alarm: string, act: () => Promise<Value>): Promise<Insisted<Value>> {
    return this.interventions.persist(step, alarm, act);
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

  /** Which credential is in use, and which can authenticate. */
  surveyed(current: Credential, live: readonly string[]): void {
    this.#current = current;
    for (const id of live) this.live.add(id);
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

  async lookAtHold(): Promise<void> {
    if (!this.#record || this.board.status().outcome) return;
    // A run that Temporal was told to cancel looks as well: it may be on its way back, or past it.
    await CancellationScope.nonCancellable(() => stopUnlessHeld(this));
  }

  /** Temporal's own cancel is an order like an abort, and journaled like one. */
  #cancel(): void {
    const obeyed = this.abort({ by: 'Temporal', reason: 'the run was cancelled' });
    const because = obeyed ? 'the run was cancelled' : 'the run was cancelled, but from here it only goes forward';
    this.journal.order('cancel', this.identity, obeyed, because);
  }

  /** Undoes in reverse order. An undo that keeps failing asks a person; none is skipped in silence. */
  async #rollBack(error: unknown): Promise<OperationOutcome> {
    const cause = error instanceof Halt ? error : failureOf(error);
    const code = cause instanceof Halt ? {} : { code: cause.code };
    if (!this.#record) throw ApplicationFailure.nonRetryable(cause.message, code.code ?? 'conflict');
    if (code.code === 'hold_lost') throw cause;
    this.orders.obeyed();
    this.board.enter('undoing');
    const left: string[] = [];
    await this.wayBack.go(async (undo) => {
      const undone = await this.insist(undo, ['retry', 'waive'], () => this.#steps.act(undo, () => undo.act()));
      if ('waived' in undone) left.push(`${undo.name} ${undo.object}`);
    });
    const because = [cause.message, ...left.map((each) => `NOT undone, as a named person waived it: ${each}`)];
    const found = [...this.live].filter((id) => id !== this.#current?.ref.id);
    return { result: 'rolled-back', ...code, because: because.join('; '), found };
  }

  /** Who no longer holds the identity changes nothing more, not even back: that is for the one who holds it now. */
  #stop(error: unknown): OperationOutcome {
    const { code, message } = failureOf(error);
    if (code !== 'hold_lost') throw error;
    return { result: 'stopped', code, because: message, found: [...this.live] };
  }

  async #end(outcome: OperationOutcome): Promise<void> {
    const { identity, operation } = this;
    const current = this.#successor && { current: this.#successor };
    const closing = { operation, result: outcome.result, waivers: this.interventions.waivers, ...current };
    const refused = await giveBack({ identity, ...closing });
    if (refused) this.note('close', identity, `the lifecycle did not take the last word: ${refused}`);
    this.board.ended(outcome);
    const text = `${this.verb}: ${outcome.result}, ${outcome.because}`;
    await tell({ identity, operation, kind: 'ended', text, to: [this.record.spec.owner] });
  }
}

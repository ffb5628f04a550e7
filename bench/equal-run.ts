import {
  ApplicationFailure,
  CancellationScope,
  condition,
  defineQuery,
  defineSignal,
  defineUpdate,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
} from '@temporalio/workflow';
import type { GateSpec } from '../src/contract/identity.ts';
import { planHash } from '../src/workflows/rules/plan-hash.ts';
import { attributeKeys } from '../src/workflows/runbook/attributes.ts';

/** One question to a person: what was seen, and what a yes will do. */
interface Gate {
  readonly id: string;
  readonly question: string;
  readonly commands: readonly string[];
  readonly evidence: readonly string[];
  readonly plan: string;
  state: 'open' | 'approved' | 'rejected' | 'expired';
}

interface Confirm {
  readonly gate: string;
  readonly decision: 'approve' | 'reject';
  readonly approver: string;
  readonly plan?: string;
}

/**
 * What the hand-written workflow keeps beside its procedure, in the plainest way that works: a list of what was done, a list of
 * what would undo it, one gate at a time. Status is made when it is asked for, and what a search finds changes with the stage alone.
 */
export class EqualRun {
  readonly #journal: { readonly at: string; readonly step: string; readonly because: string }[] = [];
  readonly #undo: (() => Promise<unknown>)[] = [];
  readonly #operation: string;
  readonly #requestedBy: string;
  #gate: (Gate & { readonly spec: GateSpec }) | undefined;
  #stage = 'starting';
  #stopped: string | undefined;
  #asked = 0;

  constructor(operation: string, requestedBy: string) {
    this.#operation = operation;
    this.#requestedBy = requestedBy;
    setHandler(defineQuery('status'), () => ({ stage: this.#stage, steps: this.#journal, gate: this.#gate }));
    setHandler(defineQuery('journal'), () => this.#journal);
    setHandler(defineSignal<[unknown]>('abort'), () => void (this.#stopped ??= 'aborted'));
    setHandler(defineUpdate<object, [Confirm]>('confirm'), (sent) => this.#confirm(sent), {
      validator: ({ gate }) => {
        if (gate !== this.#gate?.id) throw ApplicationFailure.nonRetryable(`no gate "${gate}"`, 'not_found');
      },
    });
    CancellationScope.current().cancelRequested.catch(() => (this.#stopped ??= 'cancelled'));
  }

  enter(stage: string): void {
    this.#stage = stage;
    upsertSearchAttributes([{ key: attributeKeys.stage, value: stage }]);
    setCurrentDetails(`**${stage}**\n\n${this.#gate?.state === 'open' ? this.#gate.question : ''}`);
  }

  /** Does one thing, and has what undoes it before it does it. */
  async step<Value>(step: string, act: () => Promise<Value>, undo?: () => Promise<unknown>): Promise<Value> {
    if (this.#stopped) throw ApplicationFailure.nonRetryable(this.#stopped, 'conflict');
    if (undo) this.#undo.push(undo);
    try {
      const value = await act();
      this.#note(step, 'done');
      return value;
    } catch (error) {
      this.#note(step, String(error));
      throw error;
    }
  }

  /** Where there is no way back: asks whether to try again, for as long as it takes. */
  async insist<Value>(step: string, spec: GateSpec, act: () => Promise<Value>): Promise<Value> {
    for (;;) {
      try {
        return await this.step(step, act);
      } catch (error) {
        await this.ask(`retry-${step}`, `Try again to ${step}?`, [step], [String(error)], spec, async () => {});
      }
    }
  }

  /** Opens a gate, tells of it and waits. Without a decision in time it is `expired`. */
  async ask(
    name: string,
    question: string,
    commands: readonly string[],
    evidence: readonly string[],
    spec: GateSpec,
    tell: () => Promise<unknown>,
  ): Promise<Gate['state']> {
    this.#asked += 1;
    const id = this.#asked === 1 ? name : `${name}-${this.#asked}`;
    const plan = planHash({ run: this.#operation, gate: id, question, commands, evidence });
    const gate: Gate & { spec: GateSpec } = { id, question, commands, evidence, plan, spec, state: 'open' };
    this.#gate = gate;
    const stage = this.#stage;
    this.enter('awaiting-confirmation');
    void tell().catch(() => this.#note('notify', 'nobody could be told'));
    const decided = () => gate.state !== 'open' || this.#stopped !== undefined;
    if (!(await condition(decided, spec.expires))) gate.state = 'expired';
    this.enter(stage);
    return gate.state;
  }

  /** From here on nothing is undone. */
  forwardOnly(): void {
    this.#undo.length = 0;
    this.#stopped = undefined;
  }

  async rollBack(): Promise<void> {
    this.#stopped = undefined;
    this.enter('undoing');
    for (let undo = this.#undo.pop(); undo; undo = this.#undo.pop()) await undo();
  }

  #confirm({ decision, approver, plan }: Confirm): object {
    const gate = this.#gate!;
    const because =
      gate.state !== 'open'
        ? `this gate is ${gate.state}`
        : plan !== undefined && plan !== gate.plan
          ? 'this gate asks about another plan'
          : !gate.spec.approvers.includes(approver)
            ? `${approver} may not decide here`
            : approver === this.#requestedBy
              ? `${approver} asked for this`
              : undefined;
    if (!because) gate.state = decision === 'approve' ? 'approved' : 'rejected';
    this.#note(`gate ${gate.id}`, `${decision} by ${approver}: ${because ?? 'accepted'}`);
    return { gate: gate.id, outcome: because ? 'denied' : 'accepted', because: because ?? decision, state: gate.state };
  }

  #note(step: string, because: string): void {
    this.#journal.push({ at: new Date().toISOString(), step, because });
  }
}

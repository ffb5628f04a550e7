import { condition } from '@temporalio/workflow';
import type { GateSpec } from '../../contract/identity.ts';
import type { Confirm, ConfirmAnswer, GateStatus } from '../../contract/messages.ts';
import { decide } from '../rules/decide.ts';
import { everRarer } from '../rules/ever-rarer.ts';
import { planHash } from '../rules/plan-hash.ts';
import { words } from '../../contract/duration-words.ts';
import { needed, nextMoment, type Decided, type Gate, type Question } from './gate.ts';
import { now } from './journal.ts';

export interface GateEvents {
  changed(): void;
  tell(kind: 'gate-opened' | 'reminder' | 'escalation', text: string, to: readonly string[]): void;
  stopped(): boolean;
}

const never = () => false;

/** After so many reminders of a run each is sent after twice the time. */
const remindersBeforeDoubling = 100;

/** All gates of one run, open and closed. Ids are never used twice, so a decision can't land on a later question (F19). */
export class Gates {
  readonly #gates = new Map<string, Gate>();
  readonly #run: string;
  readonly #requestedBy: string;
  readonly #events: GateEvents;
  #reminders = 0;

  constructor(run: string, requestedBy: string, events: GateEvents) {
    this.#run = run;
    this.#requestedBy = requestedBy;
    this.#events = events;
  }

  get open(): readonly GateStatus[] {
    return this.status().filter(({ state }) => state === 'open');
  }

  knows(id: string): boolean {
    return this.#gates.has(id);
  }

  /**
   * Opens one gate, or several of which one is chosen, and waits. Several can't be rejected, only chosen among. Without an
   * answer a gate that expires is `expired`; an abort makes all `void`, and so does what makes the question `needless`.
   */
  async ask(questions: readonly Question[], expires: boolean, needless: () => boolean = never): Promise<Decided> {
    const gates = questions.map((question) => this.#add(question, questions.length === 1, expires));
    for (const gate of gates) this.#events.tell('gate-opened', gate.question, gate.approvers);
    this.#events.changed();
    await this.#wait(gates, needless);
    const decided = gates.find(({ state }) => state !== 'open') ?? gates[0]!;
    for (const gate of gates) if (gate.state === 'open') gate.state = 'void';
    this.#events.changed();
    return { id: decided.id, state: decided.state as Decided['state'], approvals: decided.approvals };
  }

  /** Applies one decision. Never throws; a decision that does not count is answered `denied`, with the reason. */
  confirm(sent: Confirm): ConfirmAnswer {
    const gate = this.#gates.get(sent.gate);
    if (!gate)
      return { gate: sent.gate, outcome: 'denied', because: 'no such gate', state: 'void', given: 0, needed: 0 };
    this.#expire(gate);
    const ruling = decide(
      {
        ...gate,
        harmless: gate.harmless ?? false,
        reasonRequired: gate.reasonRequired ?? false,
        requesters: [this.#requestedBy, ...(gate.notBy ?? [])],
        given: gate.approvals.map(({ by }) => by),
      },
      sent,
    );
    if (ruling.do === 'count') this.#count(gate, sent);
    if (ruling.do === 'reject') gate.state = 'rejected';
    this.#events.changed();
    const outcome = ruling.do === 'deny' ? 'denied' : 'accepted';
    return {
      gate: gate.id,
      outcome,
      because: ruling.message,
      state: gate.state,
      given: gate.approvals.length,
      needed: needed(gate),
    };
  }

  status(): readonly GateStatus[] {
    return [...this.#gates.values()].map((gate) => ({
      id: gate.id,
      question: gate.question,
      commands: gate.commands,
      evidence: gate.evidence,
      plan: gate.plan,
      approvers: gate.approvers,
      needed: needed(gate),
      given: gate.approvals,
      state: gate.state,
      expiresAt: gate.expiresAt === null ? null : new Date(gate.expiresAt).toISOString(),
      reasonRequired: gate.reasonRequired ?? false,
    }));
  }

  #add(question: Question, rejectable: boolean, expires: boolean): Gate {
    const id = this.#freeId(question.id);
    const opened = Date.now();
    const { spec } = question;
    const gate: Gate = {
      ...question,
      id,
      plan: planHash({
        run: this.#run,
        gate: id,
        question: question.question,
        commands: question.commands,
        evidence: question.evidence,
      }),
      rejectable,
      openedAt: opened,
      expiresAt: expires ? opened + spec.expires : null,
      approvals: [],
      approvers: spec.approvers,
      state: 'open',
      nextReminder: this.#nextReminder(spec),
    };
    this.#gates.set(id, gate);
    return gate;
  }

  /** Short enough to be confirmed: the objects that gates are about may have names of 1024 characters. */
  #freeId(long: string): string {
    const wanted = long.slice(0, 180);
    let id = wanted;
    for (let n = 2; this.#gates.has(id); n += 1) id = `${wanted}-${n}`;
    return id;
  }

  async #wait(gates: readonly Gate[], needless: () => boolean): Promise<void> {
    const settled = () => this.#events.stopped() || needless() || gates.some(({ state }) => state !== 'open');
    while (!settled()) {
      const next = Math.min(...gates.map(nextMoment));
      if (next === Number.POSITIVE_INFINITY) await condition(settled);
      else
        await condition(settled, Math.max(1, next - Date.now()), {
          summary: `${gates[0]!.id}: until the next reminder, escalation or expiry`,
        });
      for (const gate of gates) this.#passTime(gate);
    }
  }

  #passTime(gate: Gate): void {
    this.#expire(gate);
    if (gate.state !== 'open') return;
    if (Date.now() >= gate.nextReminder) {
      this.#reminders += 1;
      gate.nextReminder = this.#nextReminder(gate.spec);
      this.#events.tell(
        'reminder',
        `still open after ${words(Date.now() - gate.openedAt)}: ${gate.question}`,
        gate.approvers,
      );
    }
    const { escalate } = gate.spec;
    if (escalate && gate.approvers === gate.spec.approvers && Date.now() >= gate.openedAt + escalate.after) {
      gate.approvers = [...gate.spec.approvers, ...escalate.to];
      this.#events.tell('escalation', `nobody decided for ${words(escalate.after)}: ${gate.question}`, escalate.to);
    }
  }

  /** Counted in the run, since a question that is asked again is a gate of its own. */
  #nextReminder({ remind = Number.POSITIVE_INFINITY }: GateSpec): number {
    return Date.now() + everRarer(remind, this.#reminders, remindersBeforeDoubling);
  }

  #expire(gate: Gate): void {
    if (gate.state === 'open' && gate.expiresAt !== null && Date.now() >= gate.expiresAt) gate.state = 'expired';
  }

  #count(gate: Gate, { approver, comment }: Confirm): void {
    gate.approvals = [
      ...gate.approvals,
      { by: approver, at: now(), proof: 'unproven', ...(comment ? { comment } : {}) },
    ];
    if (gate.approvals.length >= needed(gate)) gate.state = 'approved';
  }
}

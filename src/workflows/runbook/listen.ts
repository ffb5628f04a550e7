import { defineQuery, defineSignal, defineUpdate, setHandler, ApplicationFailure } from '@temporalio/workflow';
import {
  messages,
  type Confirm,
  type ConfirmAnswer,
  type JournalEntry,
  type OperationStatus,
  type Order,
} from '../../contract/messages.ts';
import { parseConfirm, parseOrder } from '../../contract/parse-messages.ts';
import type { Board } from './board.ts';
import type { Gates } from './gates.ts';
import type { Journal } from './journal.ts';
import type { Orders } from './orders.ts';

/** The run that listens: what messages are answered from, and what they act upon. */
export interface Listener {
  readonly identity: string;
  readonly gates: Gates;
  readonly orders: Orders;
  readonly board: Board;
  readonly journal: Journal;
  /** Whether it was still safe to stop. */
  abort(order: Order): boolean;
  /** Asks whether the run still holds the identity, and ends it if not. The run waits for the answer before it ends. */
  lookAtHold(): Promise<void>;
}

const confirmUpdate = defineUpdate<ConfirmAnswer, [Confirm]>(messages.confirm);
const confirmSignal = defineSignal<[unknown]>(messages.confirm);
const yieldSignal = defineSignal(messages.yield);
const statusQuery = defineQuery<OperationStatus>(messages.status);
const journalQuery = defineQuery<readonly JournalEntry[]>(messages.journal);

/**
 * Answers messages for one run. An update's validator refuses only what is malformed or names no gate, for a refused update
 * leaves no trace; all else is answered and journaled. Signals are parsed without ever throwing: a throw would wedge the run.
 */
export function listen(run: Listener): void {
  setHandler(confirmUpdate, (sent) => confirm(run, sent), {
    description: 'Decide at a gate. Answers accepted or denied, with the reason.',
    validator: (sent) => {
      const parsed = parseConfirm(sent);
      if (!parsed.ok) throw ApplicationFailure.nonRetryable(parsed.because, 'invalid_request');
      if (!run.gates.knows(parsed.value.gate))
        throw ApplicationFailure.nonRetryable(`confirm.gate: no gate "${parsed.value.gate}" in this run`, 'not_found');
    },
  });
  setHandler(confirmSignal, (raw) => {
    const parsed = parseConfirm(raw);
    if (parsed.ok) confirm(run, parsed.value);
    else refuse(run, messages.confirm, parsed.because);
  });
  order(run, messages.pause, (sent) => run.orders.pause(sent));
  order(run, messages.resume, () => run.orders.resume());
  order(run, messages.abort, (sent) => run.abort(sent));
  // Whoever sends this proves nothing by it, so the run looks for itself.
  setHandler(yieldSignal, () => run.lookAtHold());
  setHandler(statusQuery, () => run.board.status(), { description: 'Where the operation stands.' });
  setHandler(journalQuery, () => run.journal.read(), { description: 'What was done, to what, and what proved it.' });
}

function confirm(run: Listener, sent: Confirm): ConfirmAnswer {
  const answer = run.gates.confirm(sent);
  const because = `${sent.decision} by ${sent.approver} (unproven): ${answer.because}`;
  run.journal.write({ step: 'gate', command: messages.confirm, object: sent.gate, verdict: answer.outcome, because });
  return answer;
}

function order(run: Listener, name: string, obey: (sent: Order) => boolean | void): void {
  setHandler(defineSignal<[unknown]>(name), (raw) => {
    const parsed = parseOrder(raw);
    if (!parsed.ok) return refuse(run, name, parsed.because);
    const { by, reason } = parsed.value;
    if (obey(parsed.value) === false) return refuse(run, name, `asked by ${by}, but from here it only goes forward`);
    run.board.show();
    run.journal.order(name, run.identity, true, `${by}: ${reason}`);
  });
}

function refuse(run: Listener, command: string, because: string): void {
  run.journal.order(command, run.identity, false, because);
}

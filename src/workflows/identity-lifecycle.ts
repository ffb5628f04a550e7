import {
  allHandlersFinished,
  ApplicationFailure,
  condition,
  continueAsNew,
  defineQuery,
  defineUpdate,
  getExternalWorkflowHandle,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  setWorkflowOptions,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import type { Notice } from '../activities/world.ts';
import type { IdentityRecord } from '../contract/identity.ts';
import type { Closing, Holder, LifecycleRecord, Opened, Succession } from '../contract/lifecycle.ts';
import { lifecycleMessages, messages } from '../contract/messages.ts';
import {
  begin,
  closedBy,
  declaredAs,
  holds,
  judgeOpening,
  lost,
  mattersToOpen,
  noted,
  taken,
  tookOver,
  type LifecycleState,
} from './rules/hold.ts';
import { problemWith, type Update } from './rules/lifecycle-messages.ts';
import { alarmed, alarmWords, nextAlarm, type Alarm } from './rules/overdue.ts';
import { tell } from './runbook/ending.ts';
import { now } from './runbook/journal.ts';
import { attributesOf, describe, known, recordOf } from './runbook/lifecycle-record.ts';
import { autoUpgrade } from './runbook/versioning.ts';

/** A run's history stays below this many events, and below this many updates: the server refuses the 2,001st (F8). */
const mostEvents = 2_000;
const mostUpdates = 500;
/** With so many no further one is taken, or a run that is never at rest could not end. */
const tooManyUpdates = 600;

const { parseIdentity, isRunning } = proxyActivities<Activities>({
  startToCloseTimeout: 30_000,
  scheduleToCloseTimeout: 300_000,
  heartbeatTimeout: 10_000,
});

/**
 * One identity's life, as long as it lives: its record, and the hold that lets one operation at a time change it. It is the
 * single writer, so nothing about an identity is decided in two places.
 *
 * `declare` sets the specification; `open` gives the hold or says who has it; `note` keeps the successor's reference; `close`
 * gives the hold back. Each may be repeated, also across continue-as-new: state, not update ids, tells what was done. It tells
 * the owner when a rotation was due and has not ended.
 */
export async function identityLifecycle(carried: { readonly id: string } | LifecycleState): Promise<void> {
  let state = carriedState(carried);
  let updates = 0;
  let turn: Promise<unknown> = Promise.resolve();

  const become = (next: LifecycleState) => {
    const moved = next.dueAt !== state.dueAt || next.state !== state.state || next.spec !== state.spec;
    if (tookOver(state, next)) tellToStop(state.hold!);
    state = next;
    if (moved) upsertSearchAttributes(attributesOf(state));
    setCurrentDetails(describe(state));
  };

  /** Handlers that wait for activities would interleave: each takes its turn. */
  const inTurn = <Value>(act: () => Promise<Value>): Promise<Value> => {
    updates += 1;
    const mine = turn.then(act, act);
    turn = mine.catch(() => undefined);
    return mine;
  };

  setHandler(defineQuery<LifecycleRecord | null>(lifecycleMessages.record), () => recordOf(state));

  const on = <Sent, Answer>(update: Update, handle: (sent: Sent) => Promise<Answer>) =>
    setHandler(
      defineUpdate<Answer, [Sent]>(lifecycleMessages[update]),
      (sent) => inTurn(() => handle(sent)),
      checked(update, () => updates < tooManyUpdates),
    );

  on('declare', async (spec: unknown): Promise<IdentityRecord> => {
    const parsed = await parseIdentity({ spec });
    if (parsed.id !== state.id)
      throw ApplicationFailure.nonRetryable(`identity.id: expected ${state.id}`, 'invalid_request');
    become(declaredAs(state, parsed, now()));
    return known(state);
  });

  on('open', async (holder: Holder): Promise<Opened> => {
    if (!state.spec) throw ApplicationFailure.nonRetryable(`${state.id} was never declared`, 'unknown_identity');
    if (mattersToOpen(state, holder) && !(await isRunning(state.hold!))) become(lost(state));
    const { may, code, because } = judgeOpening(state, holder);
    if (!may && code) return { opened: false, code, because };
    become(taken(state, holder, now()));
    return { opened: true, record: known(state) };
  });

  on('note', async (succession: Succession) => {
    if (!holds(state, succession.operation))
      throw ApplicationFailure.nonRetryable(`${succession.operation} does not hold ${state.id}`, 'hold_lost');
    become(noted(state, succession));
  });

  on('close', async (closing: Closing) => become(closedBy(state, closing, now())));

  const isFull = () =>
    updates >= mostUpdates || workflowInfo().continueAsNewSuggested || workflowInfo().historyLength >= mostEvents;
  while (!isFull()) {
    const alarm = nextAlarm(state);
    const moved = () => isFull() || nextAlarm(state)?.at !== alarm?.at;
    if (alarm === undefined) await condition(moved);
    else if (!(await isSoonerThan(alarm.at, moved))) {
      await tell(noticeOf(state, alarm));
      // What it was about may be replaced by now.
      if (nextAlarm(state)?.at === alarm.at) become(alarmed(state, alarm));
    }
  }
  await condition(allHandlersFinished);
  await continueAsNew<typeof identityLifecycle>(state);
}

setWorkflowOptions(autoUpgrade, identityLifecycle);

/** Whoever lost the hold is fenced off already; he is told, so that he does not stand at a gate for days. He may be gone. */
function tellToStop({ workflowId }: Holder): void {
  void getExternalWorkflowHandle(workflowId)
    .signal(messages.yield)
    .catch(() => undefined);
}

/** False once the moment, in milliseconds since 1970, has come. */
function isSoonerThan(moment: number, is: () => boolean): Promise<boolean> {
  return condition(is, Math.max(1, moment - Date.now()), { summary: 'until people are to be told of something' });
}

function noticeOf(state: LifecycleState, alarm: Alarm): Notice {
  const { id, spec } = state;
  const to = spec ? [spec.owner] : [];
  return { identity: id, operation: `identity/${id}`, kind: alarm.about, text: alarmWords(state, alarm), to };
}

/** A validator that refuses what a handler would stumble over, and everything while the run has to come to its end. */
function checked(update: Update, hasRoom: () => boolean): { validator(sent: unknown): void } {
  return {
    validator: (sent) => {
      if (!hasRoom()) throw ApplicationFailure.nonRetryable('moving on to a run of its own: ask again', 'unavailable');
      const problem = problemWith(update, sent);
      if (problem) throw ApplicationFailure.nonRetryable(problem, 'invalid_request');
    },
  };
}

function carriedState(carried: unknown): LifecycleState {
  const { id } = Object(carried) as { id?: unknown };
  if (typeof id !== 'string')
    throw ApplicationFailure.nonRetryable('id: expected the id of an identity', 'invalid_request');
  return 'closed' in Object(carried) ? (carried as LifecycleState) : begin(id);
}

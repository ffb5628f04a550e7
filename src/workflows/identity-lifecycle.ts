import {
  allHandlersFinished,
  ApplicationFailure,
  condition,
  continueAsNew,
  defineQuery,
  defineUpdate,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  setWorkflowOptions,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import type { IdentityRecord } from '../contract/identity.ts';
import type { Closing, Holder, LifecycleRecord, Opened } from '../contract/lifecycle.ts';
import { lifecycleMessages } from '../contract/messages.ts';
import type { Credential } from '../contract/references.ts';
import { begin, closedBy, declaredAs, judgeOpening, lost, noted, taken, type LifecycleState } from './rules/hold.ts';
import { problemWith } from './rules/lifecycle-messages.ts';
import { attributeKeys } from './runbook/attributes.ts';
import { now } from './runbook/journal.ts';
import { autoUpgrade } from './runbook/versioning.ts';

/** A run's history stays below this many events, and below this many updates: the server refuses the 2,001st (F8). */
const mostEvents = 2_000;
const mostUpdates = 500;

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
 * gives the hold back. Each may be repeated, also across continue-as-new: state, not update ids, tells what was done.
 */
export async function identityLifecycle(carried: { readonly id: string } | LifecycleState): Promise<void> {
  let state = carriedState(carried);
  let updates = 0;
  let turn: Promise<unknown> = Promise.resolve();

  const become = (next: LifecycleState) => {
    const moved = next.dueAt !== state.dueAt || next.state !== state.state || next.spec !== state.spec;
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

  setHandler(defineQuery<LifecycleRecord | null>(lifecycleMessages.record), () => recordOf(state), {
    description: 'The record of this identity.',
  });

  setHandler(defineUpdate<IdentityRecord, [unknown]>(lifecycleMessages.declare), (spec) =>
    inTurn(async () => {
      const parsed = await parseIdentity({ spec });
      if (parsed.id !== state.id)
        throw ApplicationFailure.nonRetryable(`identity.id: expected ${state.id}`, 'invalid_request');
      become(declaredAs(state, parsed, now()));
      return known(state);
    }),
  );

  const openHold = (holder: Holder) =>
    inTurn(async (): Promise<Opened> => {
      if (!state.spec) throw ApplicationFailure.nonRetryable(`${state.id} was never declared`, 'unknown_identity');
      if (state.hold && state.hold.operation !== holder.operation && !(await isRunning(state.hold)))
        become(lost(state));
      const { may, code, because } = judgeOpening(state, holder);
      if (!may && code) return { opened: false, code, because };
      become(taken(state, holder, now()));
      return { opened: true, record: known(state) };
    });
  setHandler(defineUpdate<Opened, [Holder]>(lifecycleMessages.open), openHold, checked('open'));

  setHandler(
    defineUpdate<void, [{ operation: string; successor: Credential }]>(lifecycleMessages.note),
    ({ operation, successor }) => inTurn(async () => become(noted(state, operation, successor))),
    checked('note'),
  );

  setHandler(
    defineUpdate<void, [Closing]>(lifecycleMessages.close),
    (closing) => inTurn(async () => become(closedBy(state, closing, now()))),
    checked('close'),
  );

  await condition(
    () => updates >= mostUpdates || workflowInfo().continueAsNewSuggested || workflowInfo().historyLength >= mostEvents,
  );
  await condition(allHandlersFinished);
  await continueAsNew<typeof identityLifecycle>(state);
}

setWorkflowOptions(autoUpgrade, identityLifecycle);

/** A validator that refuses what a handler would stumble over. */
function checked(update: 'open' | 'note' | 'close'): { validator(sent: unknown): void } {
  return {
    validator: (sent) => {
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

function known({ spec, state, current, interrupted, exceptions }: LifecycleState): IdentityRecord {
  if (!spec) throw ApplicationFailure.nonRetryable('the identity was never declared', 'unknown_identity');
  return { spec, state, exceptions, ...(current ? { current } : {}), ...(interrupted ? { interrupted } : {}) };
}

function recordOf(state: LifecycleState): LifecycleRecord | null {
  if (!state.spec) return null;
  const { hold, dueAt, lastRotation } = state;
  return {
    ...known(state),
    ...(hold ? { hold } : {}),
    ...(dueAt ? { dueAt } : {}),
    ...(lastRotation ? { lastRotation } : {}),
  };
}

function attributesOf({ spec, state, dueAt }: LifecycleState) {
  return [
    { key: attributeKeys.identity, value: spec?.id ?? null },
    { key: attributeKeys.owner, value: spec?.owner ?? null },
    { key: attributeKeys.environment, value: spec?.environment ?? null },
    { key: attributeKeys.risk, value: spec?.risk ?? null },
    { key: attributeKeys.stage, value: state },
    { key: attributeKeys.dueAt, value: dueAt ? new Date(dueAt) : null },
  ];
}

function describe({ id, spec, state, hold, current, dueAt, interrupted }: LifecycleState): string {
  return [
    `**${id}** is **${state}**, owned by ${spec?.owner ?? 'nobody yet'}`,
    hold ? `Held by ${hold.verb} \`${hold.workflowId}\` since ${hold.since}` : 'Held by nobody',
    `Current credential: ${current ? `${current.ref.id} (${current.secret.fingerprint})` : 'the adopted one'}`,
    ...(dueAt ? [`Next rotation due ${dueAt}`] : []),
    ...(interrupted ? [`**Interrupted operation to settle:** ${interrupted.operation}`] : []),
  ].join('\n\n');
}

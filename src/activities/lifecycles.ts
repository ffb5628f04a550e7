import { Context } from '@temporalio/activity';
import {
  ScheduleNotFoundError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  type WorkflowHandle,
} from '@temporalio/client';
import { ActivityFailure, ApplicationFailure } from '@temporalio/common';
import { isErrorCode, KeyturnError } from '../contract/errors.ts';
import { lifecycleMessages } from '../contract/messages.ts';
import type { LifecycleRecord, Opened } from '../contract/lifecycle.ts';
import type { Lifecycles } from './world.ts';

/** The lifecycles of the namespace that the running activity belongs to, spoken to by its worker's own connection. */
export const temporalLifecycles: Lifecycles = {
  open: (identity, holder) => update<Opened>(identity, lifecycleMessages.open, holder),
  note: (identity, succession) => update(identity, lifecycleMessages.note, succession),
  close: (identity, closing) => update(identity, lifecycleMessages.close, closing),

  async recordOf(identity) {
    const record = await readRecord(identity);
    if (record) return record;
    throw new KeyturnError('unknown_identity', `"${identity}" was never declared`);
  },

  holderOf: async (identity) => (await readRecord(identity))?.hold?.operation,

  async ownedBy(owner) {
    // What an owner may be called has no quotes in it.
    const query = `WorkflowType = "identityLifecycle" AND ExecutionStatus = "Running" AND KeyturnOwner = "${owner}"`;
    try {
      const found: string[] = [];
      for await (const { workflowId } of Context.current().client.workflow.list({ query }))
        found.push(workflowId.slice('identity/'.length));
      return found.toSorted();
    } catch {
      throw new KeyturnError('unavailable', 'Temporal did not say which identities there are');
    }
  },

  async endSchedules(identity) {
    const { schedule } = Context.current().client;
    for (const verb of ['rotate', 'reissue']) {
      try {
        await schedule.getHandle(`${verb}/${identity}`).delete();
      } catch (error) {
        if (!(error instanceof ScheduleNotFoundError))
          throw new KeyturnError(
            'outcome_unknown',
            `Temporal did not say whether the schedule of "${identity}" is ended`,
          );
      }
    }
  },

  async isRunning({ workflowId, operation }) {
    try {
      const { status, raw } = await Context.current().client.workflow.getHandle(workflowId).describe();
      // A reset makes a new run of the same operation; the same workflow id started anew is another operation.
      const first = raw.workflowExecutionInfo?.firstRunId;
      const same = !first || operation.endsWith(`/${first}`);
      return same && (status.name === 'RUNNING' || status.name === 'PAUSED');
    } catch (error) {
      // Gone from the server, by retention or deletion, is as ended as can be.
      if (error instanceof WorkflowNotFoundError) return false;
      throw new KeyturnError('unavailable', 'Temporal did not say whether the holder still runs');
    }
  },
};

async function readRecord(identity: string): Promise<LifecycleRecord | null> {
  try {
    return await ask(identity, (lifecycle) => lifecycle.query<LifecycleRecord | null>(lifecycleMessages.record));
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) throw explain(error, identity);
    throw new KeyturnError('unavailable', `the lifecycle of "${identity}" did not say who holds it`);
  }
}

/** Repeating is safe: the lifecycle's state, not the update's id, tells what was done already. */
async function update<Answer>(identity: string, name: string, payload: unknown): Promise<Answer> {
  try {
    return await ask(identity, (lifecycle) => lifecycle.executeUpdate<Answer, [unknown]>(name, { args: [payload] }));
  } catch (error) {
    throw explain(error, identity);
  }
}

function ask<Answer>(identity: string, call: (lifecycle: WorkflowHandle) => Promise<Answer>): Promise<Answer> {
  const { client } = Context.current();
  return client.withDeadline(Date.now() + 20_000, () => call(client.workflow.getHandle(`identity/${identity}`)));
}

function explain(error: unknown, identity: string): KeyturnError {
  if (error instanceof WorkflowNotFoundError) {
    return new KeyturnError(
      'unknown_identity',
      `no identity "${identity}" is under management`,
      'declare it in keyturn.yaml and run keyturn apply',
    );
  }
  if (error instanceof WorkflowUpdateFailedError) {
    const cause = error.cause instanceof ActivityFailure ? error.cause.cause : error.cause;
    if (cause instanceof ApplicationFailure && isErrorCode(cause.type))
      return new KeyturnError(cause.type, cause.message);
  }
  return new KeyturnError('outcome_unknown', `the lifecycle of "${identity}" gave no answer`);
}

import { Context } from '@temporalio/activity';
import { WorkflowNotFoundError, WorkflowUpdateFailedError, type WorkflowHandle } from '@temporalio/client';
import { ActivityFailure, ApplicationFailure } from '@temporalio/common';
import { isErrorCode, KeyturnError } from '../contract/errors.ts';
import { lifecycleMessages } from '../contract/messages.ts';
import type { Opened } from '../contract/lifecycle.ts';
import type { Lifecycles } from './world.ts';

/** The lifecycles of the namespace that the running activity belongs to, spoken to by its worker's own connection. */
export const temporalLifecycles: Lifecycles = {
  open: (identity, holder) => update<Opened>(identity, lifecycleMessages.open, holder),
  note: (identity, operation, successor) => update(identity, lifecycleMessages.note, { operation, successor }),
  close: (identity, closing) => update(identity, lifecycleMessages.close, closing),

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

/** Repeating is safe: the lifecycle's state, not the update's id, tells what was done already. */
async function update<Answer>(identity: string, name: string, payload: unknown): Promise<Answer> {
  const { client } = Context.current();
  const handle: WorkflowHandle = client.workflow.getHandle(`identity/${identity}`);
  try {
    return await client.withDeadline(Date.now() + 20_000, () =>
      handle.executeUpdate<Answer, [unknown]>(name, { args: [payload] }),
    );
  } catch (error) {
    throw explain(error, identity);
  }
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

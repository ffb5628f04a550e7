import { Client, WorkflowFailedError, WorkflowUpdateFailedError, type WorkflowHandle } from '@temporalio/client';
import { ActivityFailure, ApplicationFailure } from '@temporalio/common';
import type { Stage } from './harness.ts';

export interface Refusal {
  readonly type: string;
  readonly message: string;
}

/** How an update or a whole run was refused, as any SDK sees it: the type and the message of its application failure. */
export async function refusalOf(asked: Promise<unknown>): Promise<Refusal> {
  try {
    await asked;
  } catch (error) {
    if (!(error instanceof WorkflowFailedError || error instanceof WorkflowUpdateFailedError)) throw error;
    const cause = error.cause instanceof ActivityFailure ? error.cause.cause : error.cause;
    if (cause instanceof ApplicationFailure) return { type: cause.type ?? 'none', message: cause.message };
    return { type: cause?.name ?? 'none', message: cause?.message ?? '' };
  }
  return { type: 'none', message: 'it was not refused' };
}

/** How a run failed, waited for without skipping time: what else runs meanwhile gets no older. */
export async function failureOf({ env }: Stage, { workflowId }: WorkflowHandle): Promise<Refusal> {
  return refusalOf(new Client({ connection: env.connection }).workflow.getHandle(workflowId).result());
}

import type { WorkflowHandle } from '@temporalio/client';

/** By the numbers of event types: workflow tasks and activities that were scheduled, and those that have ended. */
export async function isAtRest(run: WorkflowHandle): Promise<boolean> {
  const { events } = await run.fetchHistory();
  const count = (...types: number[]) =>
    (events ?? []).filter(({ eventType }) => types.includes(Number(eventType))).length;
  return count(5) === count(7, 8, 9) && count(10) === count(12, 13, 14, 16);
}

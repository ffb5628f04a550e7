import type { WorkflowHandle } from '@temporalio/client';
import type { Stage } from './harness.ts';

const taskCompleted = 7;
const taskFailed = 9;

/**
 * Does the workflow throw at what it was just sent? Its worker then fails the same workflow task again and again, and the run
 * stands still for good. Looks at the history, since a run that stands still answers nothing.
 */
export async function isWedged(stage: Stage, { workflowId }: WorkflowHandle): Promise<boolean> {
  for (let round = 0; round < 100; round += 1) {
    const { events } = await stage.env.client.workflow.getHandle(workflowId).fetchHistory();
    const last = events?.at(-1)?.eventType ?? 0;
    if (Number(last) === taskFailed) return true;
    if (Number(last) === taskCompleted) return false;
    await stage.env.sleep(50);
  }
  return true;
}

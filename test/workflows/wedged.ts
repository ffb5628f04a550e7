import type { WorkflowHandle } from '@temporalio/client';
import type { Stage } from './harness.ts';

const taskCompleted = 7;
const taskFailed = 9;

/**
 * Does the workflow throw at what it was just sent, instead of giving the answer? Its worker then fails the same workflow task
 * again and again, and it stands still for good. This looks at the history, for what stands still answers nothing.
 */
export async function isWedged(stage: Stage, workflow: WorkflowHandle, answer: Promise<unknown>): Promise<boolean> {
  const answered = new AbortController();
  const settle = () => answered.abort();
  answer.then(settle, settle);
  for (let round = 0; round < 200 && !answered.signal.aborted; round += 1) {
    const { events } = await stage.env.client.workflow.getHandle(workflow.workflowId).fetchHistory();
    const types = (events ?? []).map(({ eventType }) => Number(eventType));
    if (types.findLast((type) => type === taskFailed || type === taskCompleted) === taskFailed) return true;
    await stage.env.sleep(50);
  }
  return !answered.signal.aborted;
}

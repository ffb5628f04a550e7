import { Context } from '@temporalio/activity';
import type { WorkflowHandle } from '@temporalio/client';
import type { Activities } from '../../src/activities/index.ts';

export type Interruption = (run: WorkflowHandle) => Promise<unknown>;

/** Does something to the run from within one of its activities, the first time this activity is called: just before or after it acts. */
export function interrupting(name: keyof Activities, when: 'before' | 'after', interrupt: Interruption) {
  let armed = true;
  const once = async () => {
    if (!armed) return;
    armed = false;
    const { client, info } = Context.current();
    const { workflowId } = info.workflowExecution!;
    await interrupt(client.workflow.getHandle(workflowId));
  };
  return (activities: Activities): Activities => {
    const act: (input: never) => Promise<unknown> = activities[name];
    const interrupted = async (input: never) => {
      if (when === 'before') await once();
      const answer = await act(input);
      if (when === 'after') await once();
      return answer;
    };
    return { ...activities, [name]: interrupted };
  };
}

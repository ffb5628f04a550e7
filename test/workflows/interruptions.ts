import { Context } from '@temporalio/activity';
import type { WorkflowHandle } from '@temporalio/client';
import type { Activities } from '../../src/activities/index.ts';

interface Interruption {
  readonly activity: keyof Activities;
  readonly when: 'before' | 'after';
  readonly act: (run: WorkflowHandle) => Promise<unknown>;
}

/** Does something to a run from within one of its activities, just before or after the activity acts, once for each arming. */
export class Interruptions {
  #armed: Interruption | undefined;

  arm(activity: keyof Activities, when: Interruption['when'], act: Interruption['act']): this {
    this.#armed = { activity, when, act };
    return this;
  }

  readonly wrap = (activities: Activities): Activities =>
    new Proxy(activities, {
      get: (target, name: keyof Activities) => {
        const act: (input: never) => Promise<unknown> = target[name];
        return async (input: never) => {
          await this.#strike(name, 'before');
          const answer = await act(input);
          await this.#strike(name, 'after');
          return answer;
        };
      },
    });

  async #strike(name: keyof Activities, moment: Interruption['when']): Promise<void> {
    const armed = this.#armed;
    if (armed?.activity !== name || armed.when !== moment) return;
    this.#armed = undefined;
    const { client, info } = Context.current();
    await armed.act(client.workflow.getHandle(info.workflowExecution!.workflowId));
  }
}

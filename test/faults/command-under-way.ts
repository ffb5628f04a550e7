import type { WorkflowExecutionDescription } from '@temporalio/client';

const started = 2;

export interface CommandUnderWay {
  readonly name: string | undefined;
  /** Process id of the worker that carries it out. */
  readonly worker: number;
}

/** The command of a run that some worker carries out at this moment, as the server says. */
export function commandUnderWay({ raw }: WorkflowExecutionDescription): CommandUnderWay | undefined {
  const running = raw.pendingActivities?.find(({ state }) => Number(state) === started);
  if (!running) return undefined;
  return {
    name: running.activityType?.name ?? undefined,
    worker: Number(/\d+/.exec(running.lastWorkerIdentity ?? '')?.[0]),
  };
}

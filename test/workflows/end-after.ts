import type { WorkflowHandle } from '@temporalio/client';
import type { Activities } from '../../src/activities/index.ts';
import { isAtRest } from './at-rest.ts';
import type { Rotation, Stage } from './harness.ts';
import type { Interruptions } from './interruptions.ts';

const pause = (run: WorkflowHandle) => run.signal('pause', { by: 'a test', reason: 'to be ended here' });

/**
 * Ends a rotation from outside once it has got this activity done: it is paused there, and terminated when it is at rest, for
 * the test server lets no time pass any more while a task of an ended run is open. Approves what is asked on the way.
 */
export async function endAfter(last: keyof Activities, stage: Stage, strike: Interruptions): Promise<Rotation> {
  strike.arm(last, 'after', pause);
  const run = await stage.rotate();
  for (let round = 0; round < 200; round += 1) {
    const { paused, gates, steps } = await stage.status(run);
    if (paused && !steps.some(({ state }) => state === 'running') && (await isAtRest(run))) {
      await run.terminate();
      return run;
    }
    const open = gates.find(({ state }) => state === 'open');
    if (open && !paused) await stage.confirm(run, open.id);
    await stage.env.sleep(50);
  }
  throw new Error(`it did not come to rest after ${last}`);
}

/** Ends a run that stands at a gate, once nothing of it is under way any more. */
export async function endAtRest(stage: Stage, run: Rotation): Promise<void> {
  for (let round = 0; round < 200 && !(await isAtRest(run)); round += 1) await stage.env.sleep(50);
  await run.terminate();
}

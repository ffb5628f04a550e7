import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { OperationStatus } from '../../src/contract/messages.ts';
import type { Rotation } from './harness.ts';

/** Where a run is, and who is asked about it. */
interface Place {
  readonly env: TestWorkflowEnvironment;
  status(run: Rotation): Promise<OperationStatus>;
}

/** Time is skipped in steps: left alone the server leaps to the next timer there is, which may be ten years away. */
export async function untilEnded(place: Place, run: Rotation): Promise<void> {
  for (let round = 0; round < 400; round += 1) {
    if ((await run.describe()).status.name !== 'RUNNING') return;
    await place.env.sleep(round < 40 ? 25 : round < 60 ? 60_000 : 3_600_000);
  }
  throw new Error(`it does not end: ${JSON.stringify(await place.status(run), null, 1)}`);
}

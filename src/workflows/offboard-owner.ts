import { setWorkflowOptions } from '@temporalio/workflow';
import type { OperationOutcome } from '../contract/messages.ts';
import type { OffboardOwnerRequest } from '../contract/request.ts';
import { everRarer } from './rules/ever-rarer.ts';
import { OwnerRun } from './runbook/owner.ts';
import { pinned } from './runbook/versioning.ts';

/** Between two looks at what is there, in milliseconds; after each so many of them twice as long. */
const look = 10_000;
const looksBeforeDoubling = 6;

/**
 * Takes every identity of an owner who leaves out of service: one `offboardIdentity` for each, side by side, and a line for each in
 * the status. A line is settled once its identity is out of service, or somebody else answers for it: what is kept has to be declared
 * with its new owner, and is looked at again until it was, at once after the signal `resume`. What is declared for the owner
 * meanwhile is found as well.
 *
 * Cancelled, it stops looking; the offboardings that it began go on. Starting the same request id again is the same run.
 */
export async function offboardOwner(request: OffboardOwnerRequest): Promise<OperationOutcome> {
  const run = new OwnerRun();
  const { dryRun } = await run.open(request);
  if (dryRun) return run.end(await run.unsettled());
  for (let round = 0; ; round += 1) {
    const left = await run.left();
    if (left.length === 0) return run.end([]);
    for (const identity of left) run.begin(identity);
    await run.rest(everRarer(look, round, looksBeforeDoubling));
  }
}

setWorkflowOptions(pinned, offboardOwner);

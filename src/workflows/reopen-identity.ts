import { setWorkflowOptions } from '@temporalio/workflow';
import type { OperationOutcome } from '../contract/messages.ts';
import type { Asked } from '../contract/request.ts';
import { takeHold } from './runbook/hold.ts';
import { confirmReopening, lookForSurvivors } from './runbook/reopening.ts';
import { Runbook } from './runbook/runbook.ts';
import { pinned } from './runbook/versioning.ts';

/**
 * Ends a containment: what exists is looked at once more, and somebody decides who asked neither for this nor for the containment.
 * Until then, and after a no, the identity stays contained. Afterwards a rotation gives it a credential again, at a gate of its own.
 * Throws `conflict` for an identity that is not contained.
 */
export async function reopenIdentity(request: Asked<'reopenIdentity'>): Promise<OperationOutcome> {
  const run = new Runbook('reopenIdentity', request);
  return run.conduct(async () => {
    const { dryRun } = await takeHold(run, request);
    const survivors = await lookForSurvivors(run);
    const because = survivors.length === 0 ? 'no credential exists' : `these exist: ${survivors.join('; ')}`;
    if (dryRun) return { result: 'planned', because: `nothing was changed; ${because}`, found: survivors };
    const by = await confirmReopening(run, survivors);
    return { result: 'completed', because: `re-opened by ${by}; ${because}`, found: survivors };
  });
}

setWorkflowOptions(pinned, reopenIdentity);

import { setWorkflowOptions } from '@temporalio/workflow';
import type { OperationOutcome } from '../contract/messages.ts';
import type { Asked } from '../contract/request.ts';
import { containmentCommands } from './rules/containment.ts';
import { disableAll, endAllSessions, proveAllEnded, revokeAll, sweepLate } from './runbook/contain.ts';
import { takeHold } from './runbook/hold.ts';
import { confirmIntegrations } from './runbook/integrations.ts';
import { recordContainment } from './runbook/record-containment.ts';
import { Runbook } from './runbook/runbook.ts';
import { sweepEntitlements } from './runbook/sweep.ts';
import { takeSnapshot, type Purpose } from './runbook/snapshot.ts';
import { pinned } from './runbook/versioning.ts';

const containing: Purpose = {
  stage: 'containing',
  revocation: 'keyCompromise',
  commandsOf: containmentCommands,
};

/**
 * Ends every credential of an identity that nobody may trust any more. Whatever else holds the identity loses it at once and stops
 * where it is; what that leaves is contained too. Downstream integrations are confirmed paused or migrated first, unless the
 * manifest lets this severity go on without. Nothing of it is ever given up: what can't be done yet is tried on, and the status
 * says that access still lives, and where.
 *
 * The identity stays contained until `reopenIdentity`, asked for and reviewed by somebody else. A second one while the first runs
 * is refused with `identity_busy`; a later one looks again and ends what has appeared since.
 */
export async function containCompromise(request: Asked<'containCompromise'>): Promise<OperationOutcome> {
  const run = new Runbook('containCompromise', request);
  return run.conduct(async () => {
    // From the first moment: an order to abort proves nothing about who gave it.
    run.wayBack.forwardOnly();
    const { severity, dryRun } = await takeHold(run, request);
    const exposed = await takeSnapshot(run, containing);
    if (dryRun) return { result: 'planned', because: 'nothing was changed', plan: exposed.summary, found: [] };

    await confirmIntegrations(run, exposed, severity);
    await disableAll(run, exposed);
    await endAllSessions(run, exposed);
    await revokeAll(run, exposed);
    await sweepLate(run, exposed);
    const swept = await sweepEntitlements(run);
    await proveAllEnded(run, exposed);
    return recordContainment(exposed, swept, severity);
  });
}

setWorkflowOptions(pinned, containCompromise);

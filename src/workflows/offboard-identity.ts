import { setWorkflowOptions } from '@temporalio/workflow';
import type { OperationOutcome } from '../contract/messages.ts';
import type { Asked } from '../contract/request.ts';
import { disableAll, endAllSessions, proveAllEnded, revokeAll, sweepLate } from './runbook/contain.ts';
import { takeHold } from './runbook/hold.ts';
import {
  confirmConsumersGone,
  destroySecrets,
  disableAndWatch,
  endSchedules,
  handOver,
  lookAgainLater,
} from './runbook/offboard.ts';
import { recordOffboarding } from './runbook/record-offboarding.ts';
import { Runbook } from './runbook/runbook.ts';
import { takeSnapshot } from './runbook/snapshot.ts';
import { sweepEntitlements } from './runbook/sweep.ts';
import { pinned } from './runbook/versioning.ts';
import { offboardingCommands } from './rules/offboarding.ts';

/**
 * Takes an identity out of service for good. For each consumer a person says that it is gone, or moved to something else, and is not
 * believed while it is seen to run on it. Everything is disabled first and watched, so that who was forgotten can still be helped; then
 * it is revoked, and what else the identity holds is taken away, or given to a named owner. After a declared time all of it is looked
 * at once more, and what has come back is ended again.
 *
 * Until the revocation an abort enables everything again. Each thing ends revoked, transferred or waived by name, and the outcome
 * names them all. Afterwards no operation begins on the identity any more.
 */
export async function offboardIdentity(request: Asked<'offboardIdentity'>): Promise<OperationOutcome> {
  const run = new Runbook('offboardIdentity', request);
  return run.conduct(async () => {
    const { dryRun } = await takeHold(run, request);
    const commandsOf = offboardingCommands(run.record.spec);
    const exposed = await takeSnapshot(run, { stage: 'offboarding', revocation: 'cessationOfOperation', commandsOf });
    if (dryRun) return { result: 'planned', because: 'nothing was changed', plan: exposed.summary, found: [] };

    await confirmConsumersGone(run, exposed);
    await disableAndWatch(run, exposed);
    run.wayBack.close();
    if (!exposed.exposure.suspends) await disableAll(run, exposed);
    await endAllSessions(run, exposed);
    await revokeAll(run, exposed);
    await sweepLate(run, exposed);
    const swept = await sweepEntitlements(run);
    const handed = await handOver(run, swept);
    await proveAllEnded(run, exposed);
    await endSchedules(run);
    await lookAgainLater(run, exposed);
    const emptied = await destroySecrets(run);
    return recordOffboarding(run, exposed, swept, handed, emptied);
  });
}

setWorkflowOptions(pinned, offboardIdentity);

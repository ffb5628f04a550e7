import { setWorkflowOptions } from '@temporalio/workflow';
import type { OperationOutcome } from '../contract/messages.ts';
import type { Asked } from '../contract/request.ts';
import { moveConsumers, verifyConsumers } from './runbook/consumers.ts';
import { takeHold } from './runbook/hold.ts';
import { settleInterrupted } from './runbook/interrupted.ts';
import { issueProven } from './runbook/issue.ts';
import { pauseBefore, pausesBefore } from './runbook/pauses.ts';
import { planRotation } from './runbook/plan.ts';
import { preflight } from './runbook/preflight.ts';
import { recordRotation } from './runbook/record.ts';
import { confirmToRetire, proveOldRefused, retire, stayQuiet } from './runbook/retire.ts';
import { Runbook } from './runbook/runbook.ts';
import { pinned } from './runbook/versioning.ts';

/**
 * Replaces the certificate of one identity: a fresh key is signed for, deployed to every endpoint in order and seen there in a real
 * TLS handshake; then the old certificate is revoked, and shown to be revoked by the authority's own signed word. It pauses for a
 * person before each of these where the manifest says so.
 *
 * It fails as a rotation does: until the first endpoint changes back to the start, then as an operator decides, and once the old
 * certificate is revoked forward only. Starting the same request id again is the same run.
 */
export async function reissueCertificate(request: Asked<'reissueCertificate'>): Promise<OperationOutcome> {
  const run = new Runbook('reissueCertificate', request);
  return run.conduct(async () => {
    const { dryRun, revocation } = await takeHold(run, request);
    const found = await planRotation(run);
    const plan = { ...(dryRun ? found : await settleInterrupted(run, found)), revocation };
    await preflight(run, plan, dryRun ?? false);
    if (dryRun) return { result: 'planned', because: 'nothing was changed', plan: plan.summary, found: [] };

    const fresh = await issueProven(run, plan);
    await pauseBefore(run, plan, fresh, 'deploy');
    await moveConsumers(run, plan, fresh);
    await pauseBefore(run, plan, fresh, 'validate');
    await stayQuiet(run, plan);
    if (pausesBefore(plan, 'revoke')) await confirmToRetire(run, plan, fresh);
    else await verifyConsumers(run, plan, fresh, ['retry', 'waive', 'roll-back']);
    await retire(run, plan, fresh);
    run.wayBack.close();
    run.succeed(fresh);
    const refused = await proveOldRefused(run, plan, fresh);
    return recordRotation(run, plan, fresh, refused);
  });
}

setWorkflowOptions(pinned, reissueCertificate);

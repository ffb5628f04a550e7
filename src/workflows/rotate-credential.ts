import { setWorkflowOptions } from '@temporalio/workflow';
import type { OperationOutcome } from '../contract/messages.ts';
import type { RotateRequest } from '../contract/request.ts';
import { moveConsumers } from './runbook/consumers.ts';
import { takeHold } from './runbook/hold.ts';
import { settleInterrupted } from './runbook/interrupted.ts';
import { issueProven } from './runbook/issue.ts';
import { planRotation } from './runbook/plan.ts';
import { preflight } from './runbook/preflight.ts';
import { recordRotation } from './runbook/record.ts';
import { confirmToRetire, proveOldRefused, retire, stayQuiet } from './runbook/retire.ts';
import { Runbook } from './runbook/runbook.ts';
import { pinned } from './runbook/versioning.ts';

/**
 * Replaces the credential of one identity: a new one is proven, every consumer is moved and seen working on it, a person
 * confirms, and the old one is disabled, observed, revoked and shown to be refused.
 *
 * Until the first consumer changes, a failure undoes to the start. While consumers change, an operator decides: retry,
 * waive, or roll back. After the old one is disabled it goes forward only. Starting the same request id again is the same run.
 */
export async function rotateCredential(request: RotateRequest): Promise<OperationOutcome> {
  const run = new Runbook('rotateCredential', request);
  return run.conduct(async () => {
    const { dryRun } = await takeHold(run, request);
    const found = await planRotation(run);
    const plan = dryRun ? found : await settleInterrupted(run, found);
    await preflight(run, plan, dryRun ?? false);
    if (dryRun) return { result: 'planned', because: 'nothing was changed', plan: plan.summary, found: [] };

    const fresh = await issueProven(run, plan);
    await moveConsumers(run, plan, fresh);

    if (plan.strategy !== 'in-place') {
      await stayQuiet(run, plan);
      await confirmToRetire(run, plan, fresh);
      await retire(run, plan, fresh);
    }
    run.wayBack.close();
    run.succeed(fresh);
    const refused = await proveOldRefused(run, plan, fresh);
    return recordRotation(run, plan, fresh, refused);
  });
}

setWorkflowOptions(pinned, rotateCredential);

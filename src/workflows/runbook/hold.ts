import { workflowInfo } from '@temporalio/workflow';
import type { RotateRequest } from '../../contract/request.ts';
import type { Runbook } from './runbook.ts';

/** Validates the request and takes the exclusive right to change the identity. Nothing is held when this throws. */
export async function takeHold(run: Runbook, raw: unknown): Promise<RotateRequest> {
  const { workflowId, runId } = workflowInfo();
  const holder = { operation: run.operation, verb: run.verb, workflowId, runId };
  const { request, record } = await run.step(
    { name: 'hold', object: run.identity },
    () => run.commands('validate the request and hold the identity').openOperation({ request: raw, holder }),
    () => `held for ${run.verb}`,
  );
  run.held(record);
  run.note('request', run.identity, `asked by ${request.requestedBy} (a claim, unproven): ${request.reason}`);
  return request;
}

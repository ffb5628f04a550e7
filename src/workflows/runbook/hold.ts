import type { Operation, RequestOf } from '../../contract/request.ts';
import { unsuitable } from '../rules/suited.ts';
import { StepFailed } from './failure.ts';
import type { Runbook } from './runbook.ts';

/**
 * Validates the request and takes the exclusive right to change the identity. Nothing is held when this throws, unless the operation
 * is none for this kind of identity.
 */
export async function takeHold<Verb extends Operation>(run: Runbook<Verb>, raw: unknown): Promise<RequestOf<Verb>> {
  const { request, record } = await run.step(
    { name: 'hold', object: run.identity },
    () =>
      run.commands('validate the request and hold the identity').openOperation({ request: raw, holder: run.by.holder }),
    () => `held for ${run.verb}`,
  );
  run.held(record);
  run.note('request', run.identity, `asked by ${request.requestedBy} (a claim, unproven): ${request.reason}`);
  const problem = unsuitable(run.verb, record.spec);
  if (problem) throw new StepFailed('invalid_request', problem);
  return request as RequestOf<Verb>;
}

import type { Operation, RequestOf } from '../../contract/request.ts';
import type { Runbook } from './runbook.ts';

/** Validates the request and takes the exclusive right to change the identity. Nothing is held when this throws. */
export async function takeHold<Verb extends Operation>(run: Runbook<Verb>, raw: unknown): Promise<RequestOf<Verb>> {
  const { request, record } = await run.step(
    { name: 'hold', object: run.identity },
    () =>
      run.commands('validate the request and hold the identity').openOperation({ request: raw, holder: run.by.holder }),
    () => `held for ${run.verb}`,
  );
  run.held(record);
  run.note('request', run.identity, `asked by ${request.requestedBy} (a claim, unproven): ${request.reason}`);
  return request as RequestOf<Verb>;
}

import { condition, defineSignal, proxyActivities, setHandler, sleep } from '@temporalio/workflow';
import type { Credential } from '../src/contract/references.ts';
import { bringUp } from './bring-up.ts';
import type { BareRequest, ProviderCalls } from './provider-calls.ts';

const calls = proxyActivities<ProviderCalls>({ startToCloseTimeout: '1 minute' });

/**
 * The least that rotates one credential with Temporal: the provider calls in order, the same two waits of a millisecond that
 * the product is declared with, and one signal that anybody may send. It is what Keyturn is measured against, and not safe: see docs/bench.md for what it lacks.
 */
export async function minimalRotation(request: BareRequest): Promise<Credential> {
  const { identity, operation, consumers, old } = request;
  let approved = false;
  setHandler(defineSignal('approve'), () => void (approved = true));
  const of = { identity, operation };
  const fresh = await bringUp(calls, request);
  await sleep(1);
  await calls.tell(of);
  await condition(() => approved);
  await calls.disable({ ...of, old });
  await sleep(1);
  await Promise.all(consumers.map((consumer) => calls.verifyConsumer({ consumer, on: fresh })));
  await calls.revoke({ ...of, old });
  await calls.proveRefused({ old, fresh });
  return fresh;
}

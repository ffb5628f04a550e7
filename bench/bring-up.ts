import type { Credential } from '../src/contract/references.ts';
import type { BareRequest, ProviderCalls } from './provider-calls.ts';

/** The calls up to the moment at which every consumer runs on the new credential: the same with Temporal and without. */
export async function bringUp(
  calls: ProviderCalls,
  { identity, operation, consumers, old }: BareRequest,
): Promise<Credential> {
  const of = { identity, operation };
  const fresh = await calls.install({ ...of, old, secret: await calls.seal({ ...of, old }) });
  await calls.prove(fresh);
  await Promise.all(
    consumers.map(async (consumer) => {
      await calls.deliver({ ...of, consumer, to: fresh });
      await calls.apply({ ...of, consumer });
      await calls.verifyConsumer({ consumer, on: fresh });
    }),
  );
  return fresh;
}

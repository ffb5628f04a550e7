import type { WorkflowHandle } from '@temporalio/client';
import type { Bench } from './bench.ts';

/**
 * Sees that what is measured as equal is equal in what can be seen from outside: one operation at a time, a decision by the right
 * person on this very plan, and a way back that leaves nothing behind. Throws where it is not.
 */
export async function tryGuarantees(
  { client }: Bench,
  { type, taskQueue, identity }: { type: string; taskQueue: string; identity: string },
  toGate: () => Promise<WorkflowHandle>,
): Promise<void> {
  const first = await toGate();
  const workflowId = `rotate/${identity}/second`;
  const args = [{ identity, reason: 'to be refused', requestedBy: 'bench' }];
  const second = await client.workflow.start(type, { taskQueue, workflowId, args });
  insist(await ended(second), /^failed/, 'a second operation while one holds the identity');
  insist(await decide(first, { approver: 'mallory@example.com' }), 'denied', 'a stranger');
  insist(await decide(first, { plan: 'sha256:another' }), 'denied', 'a decision on another plan');
  insist(await decide(first, { decision: 'reject' }), 'accepted', 'a rejection');
  insist(await ended(first), 'rolled-back', 'what was rejected');
  // Were the new one still there, no slot would be free; were a consumer on it, the check before would say no.
  const third = await toGate();
  insist(await decide(third, {}), 'accepted', 'an approval');
  insist(await ended(third), 'completed', 'the next rotation');
}

async function decide(run: WorkflowHandle, sent: object): Promise<string> {
  const decision = { gate: 'retirement', decision: 'approve', approver: 'dana@example.com', ...sent };
  return (await run.executeUpdate<{ outcome: string }, [object]>('confirm', { args: [decision] })).outcome;
}

async function ended(run: WorkflowHandle): Promise<string> {
  return run.result().then(
    (outcome: { result: string }) => outcome.result,
    ({ cause }: { cause?: Error }) => `failed: ${cause?.message}`,
  );
}

function insist(said: string, wanted: string | RegExp, what: string): void {
  const right = typeof wanted === 'string' ? said === wanted : wanted.test(said);
  if (!right) throw new Error(`${what}: ${said} where ${wanted} was promised`);
}

import type { KeyturnClient } from '../../src/client.ts';
import type { OperationOutcome } from '../../src/contract/messages.ts';

const mostGates = 10;

/**
 * Answers each gate of an operation with yes, as the owner of the demo's identities, until it has ended. Throws what the gate says
 * when it asks again and again: something is wrong that a yes does not mend.
 */
export async function approveUntilEnd(client: KeyturnClient, workflowId: string): Promise<OperationOutcome> {
  const decision = { decision: 'approve', approver: 'dana@example.com', comment: 'a test' } as const;
  let answered = 0;
  for await (const { gates } of client.watch(workflowId)) {
    const gate = gates.find(({ state }) => state === 'open');
    if (!gate) continue;
    if ((answered += 1) > mostGates) throw new Error(`${workflowId} asks on: ${gate.evidence.join('; ')}`);
    await client.confirm(workflowId, { ...decision, gate: gate.id, plan: gate.plan });
  }
  return client.result(workflowId);
}

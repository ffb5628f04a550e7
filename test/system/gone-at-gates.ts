import assert from 'node:assert/strict';
import type { KeyturnClient } from '../../src/client.ts';
import type { GateStatus, OperationOutcome } from '../../src/contract/messages.ts';

/**
 * Says of every consumer that it is gone, once, until this operation has ended: at its own gates, or with `everywhere` at those of all
 * operations. Throws what the gate says when a question comes again: it was not believed.
 */
export async function sayGone(
  client: KeyturnClient,
  workflowId: string,
  { everywhere = false } = {},
): Promise<OperationOutcome> {
  const ended = client.result(workflowId);
  const isOver = ended.then(
    () => true,
    () => true,
  );
  const said = new Set<string>();
  while (!(await Promise.race([isOver, pause(300)]))) {
    const { gates } = everywhere ? await client.gates() : { gates: await client.gatesOf(workflowId) };
    for (const { workflowId: asking, gate } of gates) {
      if (!gate.id.startsWith('gone-') || said.has(`${asking} ${gate.id}`)) continue;
      if (/-\d+$/.test(gate.id)) throw new Error(`${asking} asks again: ${gate.evidence.join('; ')}`);
      said.add(`${asking} ${gate.id}`);
      await approve(client, asking, gate);
    }
  }
  return ended;
}

/** Approves at one gate as the owner of the demo's identities. */
export async function approve(client: KeyturnClient, workflowId: string, { id, plan }: GateStatus): Promise<void> {
  const answer = { gate: id, plan, decision: 'approve', approver: 'dana@example.com', comment: 'a test' } as const;
  const { outcome, because } = await client.confirm(workflowId, answer);
  assert.equal(outcome, 'accepted', because);
}

/** Until an operation is in a step of this name. */
export async function untilStep(client: KeyturnClient, workflowId: string, name: string): Promise<void> {
  for await (const { steps, outcome } of client.watch(workflowId)) {
    if (steps.some(({ step, state }) => step === name && state === 'running')) return;
    if (outcome) break;
  }
  throw new Error(`${workflowId} was in no step ${name}`);
}

function pause(ms: number): Promise<false> {
  return new Promise((resolve) => setTimeout(resolve, ms, false));
}

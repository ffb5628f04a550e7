import type { KeyturnClient } from '../../src/client.ts';
import type { GateStatus } from '../../src/contract/messages.ts';

/** The first gate at which an operation waits. Throws when it ends without one. */
export async function openGate(client: KeyturnClient, workflowId: string): Promise<GateStatus> {
  for await (const { gates, outcome } of client.watch(workflowId)) {
    const open = gates.find(({ state }) => state === 'open');
    if (open) return open;
    if (outcome) throw new Error(`it ended: ${outcome.because}`);
  }
  throw new Error(`${workflowId} opened no gate`);
}

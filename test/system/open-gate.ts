import type { KeyturnClient } from '../../src/client.ts';
import type { GateStatus } from '../../src/contract/messages.ts';

/** The first gate at which an operation waits, or the one of this id. Throws when it ends without it. */
export async function openGate(client: KeyturnClient, workflowId: string, id?: string): Promise<GateStatus> {
  for await (const { gates, outcome } of client.watch(workflowId)) {
    const open = gates.find((gate) => gate.state === 'open' && (id === undefined || gate.id === id));
    if (open) return open;
    if (outcome) throw new Error(`it ended: ${outcome.because}`);
  }
  throw new Error(`${workflowId} opened no gate ${id ?? ''}`);
}

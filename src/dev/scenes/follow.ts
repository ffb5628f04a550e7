import type { GateStatus, OperationOutcome, OperationStatus } from '../../contract/messages.ts';
import type { Narrator } from '../narrator.ts';
import type { Playground } from '../playground.ts';

export const owner = 'dana@example.com';

export interface Watched {
  readonly workflowId: string;
  readonly runId: string;
  readonly outcome: OperationOutcome;
  readonly status: OperationStatus;
}

/** How a scene differs at gates from one that is asked each question once. */
export interface AtGates {
  /** True for a question that stays without an answer: another one beside it is answered. */
  readonly leaves?: (gate: GateStatus) => boolean;
  /** Does what the question waits for when it comes again, and returns whether it may be approved now. */
  readonly again?: (gate: GateStatus) => Promise<boolean>;
}

/** Follows one operation to its end: prints its steps, shows each gate and asks. */
export async function followOperation(
  { client }: Playground,
  narrator: Narrator,
  { workflowId, runId }: { workflowId: string; runId: string },
  yes: boolean,
  { leaves = () => false, again = async () => false }: AtGates = {},
): Promise<Watched> {
  const told = new Set<string>();
  const asked = new Set<string>();
  let last: OperationStatus | undefined;
  for await (const status of client.watch(workflowId)) {
    last = status;
    narrator.steps(status, told);
    const gate = status.gates.find((each) => each.state === 'open' && !asked.has(each.id) && !leaves(each));
    if (!gate) continue;
    asked.add(gate.id);
    narrator.gate(gate);
    // A question that comes again is one that approving alone does not answer.
    const mayApprove = !/-\d+$/.test(gate.id) || (await again(gate));
    const approved = mayApprove && (await narrator.confirm('Approve?', yes, owner));
    const decision = approved ? 'approve' : 'reject';
    const sent = { gate: gate.id, decision, approver: owner, plan: gate.plan, comment: 'the demo' } as const;
    const answer = await client.confirm(workflowId, sent);
    narrator.say(`gate   ${gate.id}: ${answer.outcome}, ${answer.because}`);
  }
  const outcome = await client.result(workflowId);
  if (!last) throw new Error('the run told nothing of itself');
  return { workflowId, runId, outcome, status: { ...last, outcome } };
}

export function runUrl(
  { uiUrl, backends }: Playground,
  { workflowId, runId }: { workflowId: string; runId: string },
): string {
  return `${uiUrl}/namespaces/${backends.temporal.namespace}/workflows/${encodeURIComponent(workflowId)}/${runId}/history`;
}

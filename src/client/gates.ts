import { KeyturnError } from '../contract/errors.ts';
import type { GateStatus, OperationStatus, Stage } from '../contract/messages.ts';
import { requests } from '../contract/request.ts';
import type { Calls } from './calls.ts';

/** One open gate and the operation that waits at it. */
export interface OpenGate {
  readonly workflowId: string;
  readonly identity: string;
  readonly operation: string;
  readonly gate: GateStatus;
}

/** Open gates, and what could not be asked: an operation whose gates are not known is named, never left out. */
export interface OpenGates {
  readonly gates: readonly OpenGate[];
  readonly unanswered: readonly { readonly workflowId: string; readonly because: string }[];
}

const everything = { kind: 'namespace', id: 'the list of operations' } as const;
const awaiting: Stage = 'awaiting-confirmation';
const types = Object.keys(requests).map((type) => `"${type}"`);
const running = `TaskQueue = "keyturn" AND WorkflowType IN (${types.join(', ')}) AND ExecutionStatus = "Running"`;

/**
 * Finds operations that wait for a decision by their search attribute, which the server may show some moments late. Where
 * the attributes are not registered, finds every running operation: slower, and the same once each has been asked.
 */
export async function waitingOperations(calls: Calls, identity: string | undefined): Promise<string[]> {
  const filter = [`KeyturnStage = "${awaiting}"`, ...(identity ? [`KeyturnIdentity = "${identity}"`] : [])];
  try {
    return await calls.list(everything, [...filter, 'ExecutionStatus = "Running"'].join(' AND '));
  } catch {
    // Whatever is wrong with Temporal itself, this second listing says it.
    const all = await calls.list(everything, running);
    return identity ? all.filter((id) => id.split('/')[1] === identity) : all;
  }
}

/** The open gates of these operations, ten asked at a time. */
export async function openGates(
  workflowIds: readonly string[],
  ask: (workflowId: string) => Promise<OperationStatus>,
): Promise<OpenGates> {
  const gates: OpenGate[] = [];
  const unanswered: { workflowId: string; because: string }[] = [];
  const left = [...workflowIds];
  const askOn = async () => {
    for (let workflowId = left.shift(); workflowId !== undefined; workflowId = left.shift()) {
      try {
        gates.push(...openIn(workflowId, await ask(workflowId)));
      } catch (error) {
        if (!(error instanceof KeyturnError)) throw error;
        unanswered.push({ workflowId, because: error.message });
      }
    }
  };
  await Promise.all(Array.from({ length: 10 }, askOn));
  return { gates: gates.toSorted((one, other) => one.workflowId.localeCompare(other.workflowId)), unanswered };
}

/** The gates of one operation that are open now. */
export function openIn(workflowId: string, { identity, operation, gates }: OperationStatus): OpenGate[] {
  return gates.filter(({ state }) => state === 'open').map((gate) => ({ workflowId, identity, operation, gate }));
}

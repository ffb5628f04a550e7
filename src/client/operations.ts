import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { WorkflowExecutionAlreadyStartedError, type WorkflowStartOptions } from '@temporalio/client';
import type { z } from 'zod';
import { KeyturnError } from '../contract/errors.ts';
import {
  type Confirm,
  type ConfirmAnswer,
  messages,
  type OperationOutcome,
  type OperationStatus,
  taskQueue,
} from '../contract/messages.ts';
import {
  idPrefixes,
  offboardOwnerRequest,
  requests,
  type Asked,
  type Operation,
  type RequestOf,
} from '../contract/request.ts';
import { check, invalidInput, spell } from '../input/problems.ts';
import type { Calls } from './calls.ts';
import { asKeyturnError, type Subject } from './failure.ts';

/** One run of one operation. */
export interface Started {
  readonly workflowId: string;
  readonly runId: string;
  readonly requestId: string;
}

export function operation(workflowId: string): Subject {
  return { kind: 'operation', id: workflowId };
}

/** Before everything else that waits for a worker: 1 is the most urgent of five, and 3 what is not said. */
const urgent = { priorityKey: 1 };

/** What an operation is called in Temporal's list. */
const titles: Readonly<Record<Operation, string>> = {
  rotateCredential: 'rotation',
  reissueCertificate: 'reissue',
  containCompromise: 'containment',
  reopenIdentity: 're-opening',
  offboardIdentity: 'offboarding',
};

/** Starts an operation, or finds the run that the same request id has already started. */
export async function startOperation<Verb extends Operation>(
  calls: Calls,
  verb: Verb,
  request: Asked<Verb>,
): Promise<Started> {
  const value = valid(requests[verb] as z.ZodType<RequestOf<Operation>>, request);
  const requestId = value.requestId ?? randomBytes(5).toString('hex');
  const workflowId = `${idPrefixes[verb]}/${value.identity}/${requestId}`;
  return start(calls, verb, { ...value, requestId }, workflowId, requestId, {
    staticSummary: `${value.dryRun ? 'plan the ' : ''}${titles[verb]} of ${value.identity}`,
    staticDetails: `asked for by ${value.requestedBy}: ${value.reason}`,
    ...(verb === 'containCompromise' ? { priority: urgent } : {}),
  });
}

function valid<Request>(schema: z.ZodType<Request>, request: unknown): Request {
  const { value, problems } = check(schema, request);
  if (value !== undefined) return value;
  const lines = problems.map(({ path, message }) => `${spell(path)}: ${message}`);
  throw invalidInput('the request', lines);
}

async function start(
  calls: Calls,
  type: string,
  request: object,
  workflowId: string,
  requestId: string,
  shown: Pick<WorkflowStartOptions, 'staticSummary' | 'staticDetails' | 'priority'>,
): Promise<Started> {
  const started = await calls.ask(operation(workflowId), async () => {
    const { workflow } = calls.temporal;
    const begun = workflow.start(type, {
      workflowId,
      taskQueue,
      args: [request],
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      workflowIdConflictPolicy: 'USE_EXISTING',
      ...shown,
    });
    return begun.then(
      ({ firstExecutionRunId: runId }) => ({ runId }),
      async (error: unknown) => {
        if (error instanceof WorkflowExecutionAlreadyStartedError) return workflow.getHandle(workflowId).describe();
        throw error;
      },
    );
  });
  return { workflowId, runId: started.runId, requestId };
}

/** Starts the run that takes all identities of one owner out of service, or finds the one of the same request id. */
export async function startOwnerOffboarding(
  calls: Calls,
  request: z.input<typeof offboardOwnerRequest>,
): Promise<Started> {
  const value = valid(offboardOwnerRequest, request);
  const requestId = value.requestId ?? randomBytes(5).toString('hex');
  const { owner, reason, requestedBy, dryRun } = value;
  const workflowId = `offboard-owner/${encodeURIComponent(owner)}/${requestId}`;
  return start(calls, 'offboardOwner', { ...value, requestId }, workflowId, requestId, {
    staticSummary: `${dryRun ? 'plan the ' : ''}offboarding of everything that ${owner} answers for`,
    staticDetails: `asked for by ${requestedBy}: ${reason}`,
  });
}

/** Sends a decision; a lost answer is asked for once more under the same update id, so that it counts once. */
export async function sendDecision(calls: Calls, workflowId: string, confirm: Confirm): Promise<ConfirmAnswer> {
  const drawn = [confirm.gate, confirm.approver, confirm.decision, randomUUID()].join('\n');
  const updateId = createHash('sha256').update(drawn).digest('hex').slice(0, 32);
  const handle = calls.temporal.workflow.getHandle(workflowId);
  const send = () =>
    calls.ask(operation(workflowId), () =>
      handle.executeUpdate<ConfirmAnswer, [Confirm]>(messages.confirm, { args: [confirm], updateId }),
    );
  return send().catch((error: unknown) => {
    if (isAway(error)) return send();
    throw error;
  });
}

/** Waits without a deadline: an operation may wait at a gate for days. */
export async function awaitResult(calls: Calls, workflowId: string): Promise<OperationOutcome> {
  try {
    return (await calls.temporal.workflow.getHandle(workflowId).result()) as OperationOutcome;
  } catch (error) {
    throw asKeyturnError(error, operation(workflowId));
  }
}

/** Yields the status now and after each change until the run is closed; asks twice a second. */
export async function* watchStatus(calls: Calls, workflowId: string): AsyncGenerator<OperationStatus, void> {
  const handle = calls.temporal.workflow.getHandle(workflowId);
  let last = '';
  for (let running = true; running;) {
    const { status: run } = await calls.ask(operation(workflowId), () => handle.describe());
    running = run.name === 'RUNNING' || run.name === 'PAUSED';
    const status = await calls
      .query<OperationStatus>(operation(workflowId), workflowId, messages.status)
      .catch((error: unknown) => {
        // Temporal answered `describe`, so only workers are away: they come back, or the reader interrupts.
        if (isAway(error)) return undefined;
        throw error;
      });
    const text = JSON.stringify(status);
    if (status && text !== last) {
      last = text;
      yield status;
    }
    if (running) await sleep(500);
  }
}

function isAway(error: unknown): boolean {
  return error instanceof KeyturnError && (error.code === 'unavailable' || error.code === 'outcome_unknown');
}

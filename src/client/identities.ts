import { WithStartWorkflowOperation } from '@temporalio/client';
import { KeyturnError } from '../contract/errors.ts';
import { type DeclaredIdentity, name } from '../contract/identity-fields.ts';
import { lifecycleMessages, taskQueue } from '../contract/messages.ts';
import type { LifecycleRecord } from '../contract/lifecycle.ts';
import type { Calls } from './calls.ts';
import type { Subject } from './failure.ts';

const prefix = 'identity/';

export async function declareIdentity(calls: Calls, spec: DeclaredIdentity): Promise<void> {
  await calls.ask(identity(spec.id), () =>
    calls.temporal.workflow.executeUpdateWithStart(lifecycleMessages.declare, {
      args: [spec],
      startWorkflowOperation: new WithStartWorkflowOperation('identityLifecycle', {
        workflowId: prefix + spec.id,
        taskQueue,
        args: [{ id: spec.id }],
        workflowIdConflictPolicy: 'USE_EXISTING',
        staticSummary: `the life of ${spec.id}`,
      }),
    }),
  );
}

export async function listIdentities(calls: Calls): Promise<readonly string[]> {
  const query = 'WorkflowType = "identityLifecycle" AND ExecutionStatus = "Running"';
  const found = await calls.list({ kind: 'namespace', id: 'the list of identities' }, query);
  return found.map((workflowId) => workflowId.slice(prefix.length)).toSorted();
}

export async function readRecord(calls: Calls, id: string): Promise<LifecycleRecord> {
  requireName(id);
  const record = await calls.query<LifecycleRecord | null>(identity(id), prefix + id, lifecycleMessages.record);
  if (record) return record;
  throw new KeyturnError(
    'unknown_identity',
    `no identity "${id}" is under management`,
    'declare it: keyturn apply FILE',
  );
}

/** Refuses what is no identity's name before it reaches a workflow id or a visibility query. */
export function requireName(id: string): void {
  const parsed = name.safeParse(id);
  if (parsed.success) return;
  throw new KeyturnError(
    'invalid_request',
    `the identity's name: ${parsed.error.issues[0]?.message ?? 'expected a name'}`,
  );
}

function identity(id: string): Subject {
  return { kind: 'identity', id };
}

import type { GateStatus, OperationOutcome, OperationStatus, PlanSummary } from '../contract/messages.ts';
import type { LifecycleRecord } from '../client.ts';

/** A gate as the person who decides sees it: the question, the commands it unlocks, what was seen, and how to answer. */
export function gateLines(workflowId: string, gate: GateStatus): string[] {
  const { id, question, commands, evidence, plan, needed, given, approvers, expiresAt } = gate;
  return [
    `gate ${id} of ${workflowId}`,
    `  ${question}`,
    ...commands.map((command) => `  will: ${command}`),
    ...evidence.map((seen) => `  seen: ${seen}`),
    `  plan: ${plan}`,
    `  ${given.length} of ${needed} approved${given.length > 0 ? ` (${given.map(({ by }) => by).join(', ')})` : ''}`,
    `  may decide: ${approvers.join(', ') || 'nobody'}${expiresAt ? `, until ${expiresAt}` : ''}`,
    `  decide: keyturn approve ${workflowId} ${id} --as NAME   (or: keyturn reject ...)`,
  ];
}

export function outcomeLines(outcome: OperationOutcome): string[] {
  const { result, because, from, to, plan, found, seconds, residual, items } = outcome;
  return [
    `${result}: ${because}`,
    ...(from ? [`  from: ${from}`] : []),
    ...(to ? [`  to:   ${to}`] : []),
    ...(plan ? planLines(plan) : []),
    ...(seconds
      ? [`  disabled after ${seconds.disabled} s, revoked after ${seconds.revoked} s, proven after ${seconds.proven} s`]
      : []),
    ...(items ?? []).map(({ what, became }) => `  ${what}: ${became}`),
    ...(residual ? [`  what remains: ${residual}`] : []),
    ...found.map((credential) =>
      seconds ? `  LIVES STILL: ${credential}` : `  found, not made by Keyturn and left alone: ${credential}`,
    ),
  ];
}

function planLines({ strategy, commands, hash }: PlanSummary): string[] {
  return [
    ...(strategy ? [`  strategy: ${strategy}`] : []),
    ...commands.map((command, at) => `  ${String(at + 1).padStart(2)}. ${command}`),
    `  plan: ${hash}`,
  ];
}

/** Where an operation stands. */
export function statusLines(workflowId: string, status: OperationStatus): string[] {
  const { operation, identity, stage, steps, gates, live, alarms, paused, outcome } = status;
  return [
    `${operation} of ${identity}: ${stage}`,
    ...alarms.map((alarm) => `  ${alarm}`),
    ...(paused ? [`  paused by ${paused.by}: ${paused.reason}`] : []),
    ...steps.map(({ state, step, object, because }) => {
      return `  ${state.padEnd(7)} ${step} ${object}${because ? `: ${because}` : ''}`;
    }),
    `  live credentials: ${live.join(', ') || 'not known yet'}`,
    ...gates.filter(({ state }) => state === 'open').flatMap((gate) => gateLines(workflowId, gate)),
    ...(outcome ? outcomeLines(outcome) : []),
  ];
}

export function recordLines({
  spec,
  state,
  current,
  hold,
  dueAt,
  lastRotation,
  interrupted,
  exceptions,
  containment,
}: LifecycleRecord) {
  return [
    `${spec.id}: ${state}`,
    `  owner: ${spec.owner}, environment ${spec.environment}, risk ${spec.risk}`,
    `  credential: ${current ? `${current.ref.id} (${current.secret.fingerprint})` : 'the declared one, not adopted yet'}`,
    ...(current?.certificate ? [`  expires: ${current.certificate.notAfter}`] : []),
    `  held by: ${hold ? hold.workflowId : 'nobody'}`,
    ...(containment ? [`  contained since ${containment.since} by ${containment.operations.join(', ')}`] : []),
    ...(lastRotation ? [`  last rotation: ${lastRotation}`] : []),
    ...(dueAt ? [`  next rotation due: ${dueAt}`] : []),
    ...(interrupted ? [`  to settle: ${interrupted.operation} ended without its own word`] : []),
    ...exceptions.map(({ consumer, by, reason, at }) => `  waived: ${consumer} by ${by} at ${at}: ${reason}`),
  ];
}

import { ApplicationFailure } from '@temporalio/workflow';
import type { IdentityRecord } from '../../contract/identity.ts';
import type { LifecycleRecord } from '../../contract/lifecycle.ts';
import type { LifecycleState } from '../rules/hold.ts';
import { attributeKeys } from './attributes.ts';

/** What an operation is told of the identity that it holds. */
export function known({ spec, state, current, interrupted, exceptions, containment }: LifecycleState): IdentityRecord {
  if (!spec) throw ApplicationFailure.nonRetryable('the identity was never declared', 'unknown_identity');
  return {
    spec,
    state,
    exceptions,
    ...(current ? { current } : {}),
    ...(interrupted ? { interrupted } : {}),
    ...(containment ? { containment } : {}),
  };
}

/** What everybody may read of it; null before it was declared. */
export function recordOf(state: LifecycleState): LifecycleRecord | null {
  if (!state.spec) return null;
  const { hold, dueAt, lastRotation } = state;
  return {
    ...known(state),
    ...(hold ? { hold } : {}),
    ...(dueAt ? { dueAt } : {}),
    ...(lastRotation ? { lastRotation } : {}),
  };
}

export function attributesOf({ spec, state, dueAt }: LifecycleState) {
  return [
    { key: attributeKeys.identity, value: spec?.id ?? null },
    { key: attributeKeys.owner, value: spec?.owner ?? null },
    { key: attributeKeys.environment, value: spec?.environment ?? null },
    { key: attributeKeys.risk, value: spec?.risk ?? null },
    { key: attributeKeys.stage, value: state },
    { key: attributeKeys.dueAt, value: dueAt ? new Date(dueAt) : null },
  ];
}

/** How it stands, as the Temporal UI shows it. */
export function describe({ id, spec, state, hold, current, dueAt, interrupted, containment }: LifecycleState): string {
  return [
    `**${id}** is **${state}**, owned by ${spec?.owner ?? 'nobody yet'}`,
    hold ? `Held by ${hold.verb} \`${hold.workflowId}\` since ${hold.since}` : 'Held by nobody',
    `Current credential: ${current ? `${current.ref.id} (${current.secret.fingerprint})` : 'the adopted one'}`,
    ...(current?.certificate ? [`The certificate expires ${current.certificate.notAfter}`] : []),
    ...(containment
      ? [`**Contained** since ${containment.since}, asked by ${containment.requestedBy.join(', ')}`]
      : []),
    ...(dueAt ? [`Next rotation due ${dueAt}`] : []),
    ...(interrupted ? [`**Interrupted operation to settle:** ${interrupted.operation}`] : []),
  ].join('\n\n');
}

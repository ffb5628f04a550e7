import { defineSearchAttributeKey, type SearchAttributeUpdatePair } from '@temporalio/common';
import type { IdentitySpec } from '../../contract/identity.ts';
import type { Stage } from '../../contract/messages.ts';

/** Search attributes are stored in clear: names and states alone are in them. */
export const attributeKeys = {
  identity: defineSearchAttributeKey('KeyturnIdentity', 'KEYWORD'),
  operation: defineSearchAttributeKey('KeyturnOperation', 'KEYWORD'),
  owner: defineSearchAttributeKey('KeyturnOwner', 'KEYWORD'),
  environment: defineSearchAttributeKey('KeyturnEnvironment', 'KEYWORD'),
  risk: defineSearchAttributeKey('KeyturnRisk', 'KEYWORD'),
  stage: defineSearchAttributeKey('KeyturnStage', 'KEYWORD'),
  dueAt: defineSearchAttributeKey('KeyturnDueAt', 'DATETIME'),
};

/** All attributes of one run, for one upsert. */
export function attributePairs(operation: string, spec: IdentitySpec, stage: Stage): SearchAttributeUpdatePair[] {
  return [
    { key: attributeKeys.identity, value: spec.id },
    { key: attributeKeys.operation, value: operation },
    { key: attributeKeys.owner, value: spec.owner },
    { key: attributeKeys.environment, value: spec.environment },
    { key: attributeKeys.risk, value: spec.risk },
    { key: attributeKeys.stage, value: stage },
  ];
}

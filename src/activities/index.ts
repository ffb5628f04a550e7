import { consumerActivities } from './consumers.ts';
import { credentialActivities } from './credentials.ts';
import { exposureActivities } from './exposure.ts';
import { entitlementActivities } from './entitlements.ts';
import { offboardingActivities } from './offboarding.ts';
import { operationActivities } from './operations.ts';
import { ownerActivities } from './owners.ts';
import { proofActivities } from './proofs.ts';
import { retirementActivities } from './retirement.ts';
import { retractActivities } from './retract.ts';
import { surveyActivities } from './survey.ts';
import type { ActivityWorld } from './world.ts';

/** All commands that workflows can give. Workflows import the type of this alone. */
export function createActivities(world: ActivityWorld) {
  return {
    ...operationActivities(world),
    ...surveyActivities(world),
    ...credentialActivities(world),
    ...proofActivities(world),
    ...retirementActivities(world),
    ...retractActivities(world),
    ...exposureActivities(world),
    ...offboardingActivities(world),
    ...ownerActivities(world),
    ...consumerActivities(world),
    ...entitlementActivities(world),
  };
}

export type Activities = ReturnType<typeof createActivities>;

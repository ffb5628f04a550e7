import type { WorkflowDefinitionOptions } from '@temporalio/common';
import { workflowInfo } from '@temporalio/workflow';

/** A run ends on the code that it began with: a deploy never changes a procedure that is under way (I11). */
export function pinned(): WorkflowDefinitionOptions {
  return versioned('PINNED');
}

/** A workflow that lives for years moves on to new code, which must replay its history. */
export function autoUpgrade(): WorkflowDefinitionOptions {
  return versioned('AUTO_UPGRADE');
}

/** A worker without a deployment name can't state a behaviour: the server would refuse every task. */
function versioned(versioningBehavior: 'PINNED' | 'AUTO_UPGRADE'): WorkflowDefinitionOptions {
  return workflowInfo().currentDeploymentVersion?.deploymentName ? { versioningBehavior } : {};
}

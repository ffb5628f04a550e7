import { DefaultFailureConverter } from '@temporalio/common';

/** Moves messages and stacks of failures into a payload, so that they go through the codec too. Temporal loads it by its path. */
export const failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });

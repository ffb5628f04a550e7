import { ActivityFailure, ApplicationFailure, TimeoutFailure } from '@temporalio/workflow';

/** A step ended without doing its work, after all its retries. */
export class StepFailed extends Error {
  override readonly name = 'StepFailed';
  readonly code: string;

  constructor(code: string, because: string) {
    super(because);
    this.code = code;
  }
}

/** A decision to stop: somebody aborted, rejected or chose to roll back. Not a failure, but it unwinds like one. */
export class Halt extends Error {
  override readonly name = 'Halt';
}

/** What an activity's end says, in our words: its code and the sentence that the boundary wrote. */
export function failureOf(error: unknown): StepFailed {
  if (error instanceof StepFailed) return error;
  if (error instanceof Halt) return new StepFailed('conflict', error.message);
  const cause = error instanceof ActivityFailure ? error.cause : error;
  if (cause instanceof ApplicationFailure) return new StepFailed(cause.type ?? 'unavailable', cause.message);
  if (cause instanceof TimeoutFailure) {
    return new StepFailed(
      'outcome_unknown',
      'no answer within the time for retries, or the worker died: whether it was done is not known',
    );
  }
  throw error;
}

import { Context } from '@temporalio/activity';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { errorCodes, KeyturnError } from '../contract/errors.ts';

/** What an activity's body is handed: when to stop, and how to say how far it is. */
export interface Call {
  readonly signal: AbortSignal;
  progress(words: string): void;
}

const heartbeatEvery = 2_000;
const mostMessage = 1_500;

/**
 * The one wall around everything that touches the outside. It heartbeats, so that a dead worker is noticed within seconds;
 * it turns every error into a code of ours with a sentence of ours, since Temporal keeps failures for anybody to read and a
 * vendor's error may carry the request, token and all (F23); and it spaces retries with jitter (F4).
 */
export function bounded<Input, Output>(
  act: (input: Input, call: Call) => Promise<Output>,
): (input: Input) => Promise<Output> {
  return async (input) => {
    const context = Context.current();
    let words = 'at work';
    const beat = setInterval(() => context.heartbeat(words), heartbeatEvery);
    const progress = (next: string) => {
      words = next;
      context.heartbeat(words);
    };
    try {
      return await act(input, { signal: context.cancellationSignal, progress });
    } catch (error) {
      throw asFailure(error, context.info.activityType, context.info.attempt, context.cancellationSignal);
    } finally {
      clearInterval(beat);
    }
  };
}

export function asFailure(error: unknown, activity: string, attempt: number, signal?: AbortSignal): Error {
  if (error instanceof CancelledFailure) return error;
  if (signal?.aborted) return new CancelledFailure(`${activity} was told to stop`);
  if (error instanceof KeyturnError) {
    return ApplicationFailure.create({
      type: error.code,
      // A failure travels in places with limits of their own, such as the headers of an HTTP/2 answer.
      message: (error.hint ? `${error.message} (${error.hint})` : error.message).slice(0, mostMessage),
      nonRetryable: !errorCodes[error.code].retry,
      nextRetryDelay: retryDelay(attempt, Math.random()),
    });
  }
  // Anything else is a defect of ours or a vendor's: its text could hold a secret, so only the kind of error is told.
  const kind = error instanceof Error ? error.name : typeof error;
  return ApplicationFailure.create({
    type: 'outcome_unknown',
    message: `${activity} ended in an unexpected ${/^[A-Za-z]{1,60}$/.test(kind) ? kind : 'error'}`,
    nextRetryDelay: retryDelay(attempt, Math.random()),
  });
}

/** Milliseconds before attempt `attempt + 1`: doubling from half a second to a minute, each spread over its upper half. */
export function retryDelay(attempt: number, chance: number): number {
  const full = Math.min(60_000, 500 * 2 ** Math.min(attempt - 1, 20));
  return Math.round(full / 2 + (full / 2) * chance);
}

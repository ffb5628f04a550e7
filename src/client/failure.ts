import {
  ApplicationFailure,
  CancelledFailure,
  isGrpcServiceError,
  NamespaceNotFoundError,
  QueryNotRegisteredError,
  ScheduleNotFoundError,
  TerminatedFailure,
  TimeoutFailure,
  ValueError,
  WorkflowFailedError,
  WorkflowNotFoundError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { type ErrorCode, isErrorCode, KeyturnError } from '../contract/errors.ts';

/** What was asked for, as an error names it. */
export interface Subject {
  readonly kind: 'operation' | 'identity' | 'schedule' | 'namespace';
  readonly id: string;
}

/**
 * What Temporal's client throws, as one of our codes. Looks along the causes, since the SDK wraps; what it does not know is
 * a defect and comes back as it is.
 */
export function asKeyturnError(error: unknown, subject: Subject): unknown {
  for (const link of causes(error)) {
    const known = translate(link, subject);
    if (known) return known;
  }
  return error;
}

function* causes(error: unknown): Generator<Error> {
  for (let link = error, depth = 0; link instanceof Error && depth < 10; link = link.cause, depth += 1) yield link;
}

function translate(error: Error, subject: Subject): KeyturnError | undefined {
  if (error instanceof KeyturnError) return error;
  if (error instanceof ApplicationFailure) return fromFailure(error, subject);
  if (error instanceof WorkflowFailedError) return fromEnd(error.cause, subject);
  if (error instanceof WorkflowNotFoundError || error instanceof ScheduleNotFoundError) return notFound(subject);
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) return noAnswer(subject);
  if (error instanceof NamespaceNotFoundError) {
    return new KeyturnError('invalid_request', `Temporal has no namespace "${error.namespace}"`, 'see --namespace');
  }
  if (error instanceof QueryNotRegisteredError) {
    return new KeyturnError(
      'invalid_request',
      `the workflow ${subject.id} is none of Keyturn's: it does not answer this question`,
    );
  }
  if (error instanceof ValueError && error.message.startsWith('Unknown encoding')) return noKey();
  return isGrpcServiceError(error) ? fromGrpc(error.code, subject) : undefined;
}

function fromFailure({ type, message }: ApplicationFailure, { id }: Subject): KeyturnError {
  if (isErrorCode(type)) return new KeyturnError(type, message);
  return new KeyturnError(
    'conflict',
    `${id} ended without a word of its own (${type ?? 'no type'})`,
    'see it in the Temporal UI',
  );
}

/** An operation that somebody ended from outside; every other end is an application failure, further down the causes. */
function fromEnd(cause: Error | undefined, { id }: Subject): KeyturnError | undefined {
  const how = [
    cause instanceof TerminatedFailure && 'was terminated',
    cause instanceof CancelledFailure && 'was cancelled',
    cause instanceof TimeoutFailure && 'ran out of the time that Temporal gave it',
  ].find((word) => word !== false);
  if (!how) return undefined;
  return new KeyturnError(
    'conflict',
    `${id} ${how}`,
    'the next operation on this identity settles what it left behind',
  );
}

function notFound({ kind, id }: Subject): KeyturnError {
  if (kind === 'identity') {
    return new KeyturnError(
      'unknown_identity',
      `no identity "${id}" is under management`,
      'declare it: keyturn apply FILE',
    );
  }
  return new KeyturnError('not_found', `there is no ${kind} "${id}", or it has ended and takes no more messages`);
}

function noAnswer({ id }: Subject): KeyturnError {
  return new KeyturnError(
    'outcome_unknown',
    `${id} did not answer in time; whether it took the message is not known`,
    `is a worker running? Where it stands: keyturn status ${id}`,
  );
}

function noKey(): KeyturnError {
  return new KeyturnError(
    'invalid_request',
    'the answer is encrypted with a key that this client does not hold',
    'name a file with a codec section: --config FILE or KEYTURN_CONFIG',
  );
}

function fromGrpc(status: number, { id }: Subject): KeyturnError {
  const [code, words, hint] = grpcStatus[status] ?? ['unavailable', `Temporal did not do it (gRPC status ${status})`];
  return new KeyturnError(code, `${id}: ${words}`, hint);
}

const noAnswerInTime = [
  'unavailable',
  'no answer in time',
  'is a worker running? keyturn worker --config FILE',
] as const;

/** https://grpc.io/docs/guides/status-codes/ */
const grpcStatus: Record<number, readonly [code: ErrorCode, words: string, hint?: string]> = {
  // A server that sees the deadline first cancels the call, a moment before the client would say 4.
  1: noAnswerInTime,
  3: ['invalid_request', 'Temporal does not accept the request', 'are the search attributes registered? keyturn setup'],
  4: noAnswerInTime,
  7: ['denied', 'Temporal knows this client and refuses'],
  8: ['throttled', 'Temporal asks to slow down'],
  9: ['unavailable', 'nobody takes messages for it now', 'is a worker running? keyturn worker --config FILE'],
  14: ['unavailable', 'Temporal gave no answer', 'is it running, and is the address right?'],
  16: ['denied', 'Temporal does not know this client', 'set an API key or certificate in the Temporal profile'],
};

import { KeyturnError, type ErrorCode } from '../contract/errors.ts';

/** The part that every answer and every error of the AWS SDK has. */
interface Metadata {
  readonly httpStatusCode?: number | undefined;
  readonly requestId?: string | undefined;
}

/** What AWS itself said when it refused, or `undefined` where something else spoke or nobody did. */
export interface AwsRefusal {
  readonly name: string;
  readonly status: number;
  /** The clocks differ by minutes: AWS then calls a good signature wrong. */
  readonly isClockSkew: boolean;
}

const refusals: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  NoSuchEntity: ['not_found', 'AWS knows no such user, or nothing of that name'],
  LimitExceeded: ['limit_reached', 'AWS allows the user no further one of these'],
  AccessDenied: ['denied', 'AWS refuses: the connection lacks the right'],
  InvalidClientTokenId: ['denied', 'AWS does not know the access key of the connection'],
  SignatureDoesNotMatch: ['denied', 'AWS does not accept the secret of the connection, or the clocks differ'],
  ConcurrentModification: ['unavailable', 'AWS is changing the user right now'],
  EntityTemporarilyUnmodifiable: ['unavailable', 'AWS can not change the user right now'],
  Throttling: ['throttled', 'AWS asks to slow down'],
  RequestLimitExceeded: ['throttled', 'AWS asks to slow down'],
  TooManyRequests: ['throttled', 'AWS asks to slow down'],
};

/** Failures from before the first byte of a request has left. */
const beforeSending = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

/**
 * The SDK takes any page with status 200 for an answer without content. Only an answer with a request id is AWS's own: this
 * throws for others what {@link awsFailure} says of a lost answer.
 */
export function fromAws<Answer extends { readonly $metadata: Metadata }>(answer: Answer, changes: boolean): Answer {
  if (answer.$metadata.requestId !== undefined) return answer;
  throw lost(changes);
}

/** The meaning of an error of the SDK. Neither AWS's words nor a proxy's go into it. */
export function awsFailure(error: unknown, changes: boolean): KeyturnError {
  if (error instanceof KeyturnError) return error;
  const refusal = awsRefusal(error);
  if (refusal) return refused(refusal, changes);
  if (statusOf(error) === 429) return new KeyturnError('throttled', 'something before AWS asks to slow down');
  if (beforeSending.has(codeOf(error))) return new KeyturnError('unavailable', 'AWS could not be reached');
  return lost(changes);
}

/** Sorts a refusal by AWS from a page that a firewall put in its place, which has a status but no request id (F25). */
export function awsRefusal(error: unknown): AwsRefusal | undefined {
  const { requestId, httpStatusCode: status = 0 } = metadataOf(error);
  if (!(error instanceof Error) || requestId === undefined || status < 400) return undefined;
  // The words only sort the answer; none of them goes into an error.
  const isClockSkew = /^Signature (expired|not yet current)/.test(error.message);
  return { name: error.name.replace(/Exception$/, ''), status, isClockSkew };
}

function refused({ name, status }: AwsRefusal, changes: boolean): KeyturnError {
  const known = refusals[name];
  if (known) return new KeyturnError(...known);
  if (status >= 500) return lost(changes);
  return new KeyturnError(status === 403 ? 'denied' : 'invalid_request', 'AWS refuses the request');
}

function lost(changes: boolean): KeyturnError {
  return changes
    ? new KeyturnError('outcome_unknown', 'AWS was sent a change and gave no answer that can be relied on')
    : new KeyturnError('unavailable', 'AWS gave no answer that can be relied on');
}

function metadataOf(error: unknown): Metadata {
  return error instanceof Error && '$metadata' in error ? (error.$metadata as Metadata) : {};
}

function statusOf(error: unknown): number | undefined {
  return metadataOf(error).httpStatusCode;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

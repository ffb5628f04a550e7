import { KeyturnError } from '../contract/errors.ts';
import type { World } from '../contract/provider.ts';

/** One HTTP request as a provider means it. */
export interface HttpRequest {
  /** What the other side is called in an error. */
  readonly system: string;
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as it is, where the other side wants no JSON. */
  readonly content?: { readonly type: string; readonly bytes: Uint8Array<ArrayBuffer> } | undefined;
  /** Whether the other side changes something when it gets this: it decides what a lost answer means. */
  readonly changes: boolean;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export interface HttpAnswer {
  readonly status: number;
  /** The body, or `undefined` where it is empty or not JSON: a proxy's page is no answer of the system. */
  readonly json: unknown;
  /** The body as it came. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly headers: Headers;
}

const mostBytes = 16 * 1024 * 1024;

/** Failures from before the first byte of a request has left: the name, the connection, the other side's certificate. */
const beforeSending = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

/**
 * Sends one request and reads the whole answer, at most 16 MiB. It follows no redirect, since that would hand the token to
 * whoever is named there. What never left is `unavailable`; a failure after that is what {@link lost} says.
 */
export async function exchange(fetch: World['fetch'], request: HttpRequest): Promise<HttpAnswer> {
  const { system, url, method, headers, signal, timeoutMs } = request;
  if (signal.aborted) throw new KeyturnError('unavailable', `${system} was not asked: the call was told to stop`);
  try {
    const content = contentOf(request);
    const response = await fetch(url, {
      method,
      headers: content ? { ...headers, 'content-type': content.type } : headers,
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      ...(content && { body: content.bytes }),
    });
    const bytes = await readAll(response);
    return { status: response.status, json: parse(bytes), bytes, headers: response.headers };
  } catch (error) {
    if (beforeSending.has(codeOf(error))) throw new KeyturnError('unavailable', `${system} could not be reached`);
    throw lost(request);
  }
}

/** The error for an answer that did not come or says nothing: `outcome_unknown` when a change was asked for. */
export function lost({ system, changes }: Pick<HttpRequest, 'system' | 'changes'>): KeyturnError {
  return changes
    ? new KeyturnError('outcome_unknown', `${system} was sent a change and gave no answer that can be relied on`)
    : new KeyturnError('unavailable', `${system} gave no answer that can be relied on`);
}

function contentOf({ body, content }: HttpRequest): HttpRequest['content'] {
  if (body === undefined) return content;
  return { type: 'application/json', bytes: new TextEncoder().encode(JSON.stringify(body)) };
}

async function readAll(response: Response): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > mostBytes) throw new RangeError('the answer is too long');
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return undefined;
  }
}

function codeOf(error: unknown): string {
  const cause: unknown = error instanceof Error ? error.cause : undefined;
  return typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : '';
}

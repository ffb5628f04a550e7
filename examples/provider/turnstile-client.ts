import { z } from 'zod';
import { KeyturnError, type ErrorCode } from '../../src/contract/errors.ts';
import type { Read } from '../../src/contract/call.ts';
import type { World } from '../../src/contract/provider.ts';
import { Secret } from '../../src/contract/secret.ts';

/** How a worker reaches one Turnstile. `keyturn.worker.yaml` is checked against this when the worker starts. */
export const turnstileConnection = z.strictObject({
  url: z
    .url({ protocol: /^https?$/, error: 'expected an http or https URL' })
    .transform((url) => url.replace(/\/$/, '')),
  token: z.instanceof(Secret, { error: 'expected a secret: { env: NAME } or { file: PATH }' }),
  timeoutMs: z.int().min(100).max(300_000).default(10_000),
});

export type TurnstileConnection = z.output<typeof turnstileConnection>;

export interface Request {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  /** The administrator's token, or the key that is tried. */
  readonly as: Secret;
  readonly body?: object;
  /** The one status that means success: a portal's empty 200 must not be taken for it. */
  readonly success: 200 | 201 | 204;
}

/** What Turnstile itself answered: its JSON, and the status that came with it. */
export interface Reply {
  readonly status: number;
  readonly json: unknown;
}

const refusal = z.object({ error: z.string() });

/** Only these words of Turnstile's are understood, and our own words go into the error (F23). */
const refusals: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  'not-an-administrator': ['denied', 'Turnstile refuses the token of this connection'],
  'no-such-user': ['not_found', 'Turnstile knows no such user'],
  'no-such-key': ['not_found', 'Turnstile knows no such key'],
  'too-many-keys': ['limit_reached', 'Turnstile allows the user no further key'],
};

/**
 * Sends one request and returns the reply if Turnstile gave one. What was never sent is `unavailable`. After that a lost or
 * strange answer is `outcome_unknown` to a change and `unavailable` to a question: nobody may take it for a success (I7, F25).
 */
export async function exchange(
  { url, timeoutMs }: TurnstileConnection,
  { fetch }: Pick<World, 'fetch'>,
  { method, path, as, body }: Omit<Request, 'success'>,
  { signal }: Read,
): Promise<Reply> {
  if (signal.aborted) throw new KeyturnError('unavailable', 'Turnstile was not asked: the call was told to stop');
  try {
    const response = await fetch(`${url}/v1/${path}`, {
      method,
      headers: { authorization: `Bearer ${as.reveal()}`, 'content-type': 'application/json' },
      // A redirect would hand the token to whoever is named in it.
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, json: text === '' ? undefined : JSON.parse(text) };
  } catch (error) {
    if (wasNeverSent(error)) throw new KeyturnError('unavailable', 'Turnstile could not be reached');
    throw lost(method);
  }
}

/** Checks a reply against the one shape that means success, and turns every other into an error of the closed set. */
export function expect<Value>({ method, success }: Request, { status, json }: Reply, shape: z.ZodType<Value>): Value {
  const value = shape.safeParse(json);
  if (status === success && value.success) return value.data;
  const refused = refusal.safeParse(json);
  const known = refused.success && status >= 400 ? refusals[refused.data.error] : undefined;
  throw known ? new KeyturnError(...known) : lost(method);
}

function lost(method: Request['method']): KeyturnError {
  return method === 'GET'
    ? new KeyturnError('unavailable', 'Turnstile gave no answer that can be relied on')
    : new KeyturnError('outcome_unknown', 'Turnstile was sent a change and gave no answer that can be relied on');
}

/** https://nodejs.org/api/errors.html#common-system-errors */
function wasNeverSent(error: unknown): boolean {
  const { code } = ((error instanceof Error && error.cause) || {}) as { code?: string };
  return ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'].includes(code ?? '');
}

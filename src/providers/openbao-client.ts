import { z } from 'zod';
import { KeyturnError, type ErrorCode } from '../contract/errors.ts';
import type { Read, Write } from '../contract/call.ts';
import type { World } from '../contract/provider.ts';
import type { Secret } from '../contract/secret.ts';
import { baseUrl, headerSecret, isPrivate, requestTimeout } from './http-connection.ts';
import { exchange, lost, type HttpAnswer, type HttpRequest } from './http-exchange.ts';
import { pathSegments, type PathSegments } from './path-segments.ts';

/** How a worker reaches one OpenBao server. HashiCorp Vault speaks the same API. https://openbao.org/api-docs/ */
export const openbaoConnection = z
  .strictObject({
    address: baseUrl,
    allowPlainHttp: z
      .boolean()
      .default(false)
      .describe('Takes plain http to another machine too: for where something else encrypts all the way there.'),
    token: headerSecret,
    namespace: z
      .string()
      .regex(/^[\w./-]{1,200}$/, 'expected the path of a namespace')
      .optional(),
    timeoutMs: requestTimeout,
  })
  .refine(({ address, allowPlainHttp }) => allowPlainHttp || isPrivate(address), {
    path: ['address'],
    error:
      'expected https; without allowPlainHttp, plain http is taken for this machine alone, since secrets are sent there',
  });

export type OpenBaoConnection = z.output<typeof openbaoConnection>;

/** A path within OpenBao as it stands in a configuration: a mount, a folder. */
export const openbaoPath = z.string().transform((text, ctx) => {
  try {
    return pathSegments(text, 'path');
  } catch {
    ctx.issues.push({
      code: 'custom',
      input: text,
      message: 'expected a path such as team/kv, without . and .. in it',
    });
    return z.NEVER;
  }
});

export type Fields = Readonly<Record<string, unknown>>;

/** The few verbs of OpenBao that providers use. Every error is a {@link KeyturnError}, never in the words of the server. */
export interface OpenBao {
  /** `undefined` where nothing is. */
  read(path: PathSegments, call: Read, query?: Readonly<Record<string, string>>): Promise<Fields | undefined>;
  /** Empty where nothing is. */
  list(path: PathSegments, call: Read): Promise<readonly string[]>;
  /** A question that OpenBao wants posted, such as a lookup by a secret. `undefined` where it finds nothing. */
  ask(path: PathSegments, body: Fields, call: Read): Promise<Fields | undefined>;
  /** `undefined` where OpenBao answers without data. A failed check-and-set is `conflict`. */
  write(path: PathSegments, body: Fields, call: Write): Promise<Fields | undefined>;
  remove(path: PathSegments, call: Write): Promise<void>;
  /** Posts without the connection's own token, and leaves the answer to be judged by the caller. */
  postAs(token: Secret | undefined, path: PathSegments, body: Fields, call: Read): Promise<HttpAnswer>;
  /** A question in bytes, which OpenBao takes from everybody; sent without a token, and its answer left to the caller. */
  askOpenly(path: PathSegments, content: NonNullable<HttpRequest['content']>, call: Read): Promise<HttpAnswer>;
}

export function openOpenBao({ address, token, namespace, timeoutMs }: OpenBaoConnection, { fetch }: World): OpenBao {
  const send = (as: Secret | undefined, path: PathSegments, call: Read, { query, ...how }: How) =>
    exchange(fetch, {
      ...how,
      system: 'OpenBao',
      url: `${address}/v1/${path.map(encodeURIComponent).join('/')}${query ? `?${new URLSearchParams(query).toString()}` : ''}`,
      headers: {
        ...(as && { 'x-vault-token': as.reveal() }),
        ...(namespace === undefined ? {} : { 'x-vault-namespace': namespace }),
      },
      timeoutMs,
      signal: call.signal,
    });
  const data = async (path: PathSegments, call: Read, how: How) => judge(await send(token, path, call, how), how);
  return {
    read: (path, call, query = {}) => data(path, call, { method: 'GET', changes: false, query }),
    ask: (path, body, call) => data(path, call, { method: 'POST', changes: false, body }),
    write: (path, body, call) => data(path, call, { method: 'POST', changes: true, body }),
    async list(path, call) {
      const found = await data(path, call, { method: 'GET', changes: false, query: { list: 'true' } });
      const keys = z.array(z.string()).safeParse(found?.['keys'] ?? []);
      if (keys.success) return keys.data;
      throw lost({ system: 'OpenBao', changes: false });
    },
    async remove(path, call) {
      await data(path, call, { method: 'DELETE', changes: true });
    },
    postAs: (as, path, body, call) => send(as, path, call, { method: 'POST', changes: true, body }),
    askOpenly: (path, content, call) => send(undefined, path, call, { method: 'POST', changes: false, content }),
  };
}

interface How {
  readonly method: string;
  readonly changes: boolean;
  readonly body?: Fields;
  readonly content?: HttpRequest['content'];
  readonly query?: Readonly<Record<string, string>>;
}

const answerShape = z.object({ data: z.record(z.string(), z.unknown()).nullable() });
const refusalShape = z.object({ errors: z.array(z.string()) });

function judge({ status, json }: HttpAnswer, { changes, method }: How): Fields | undefined {
  if (status === 204) return undefined;
  const answer = answerShape.safeParse(json);
  // A key-value version that was deleted is a 404 that still tells its number.
  if (answer.success && (status === 200 || (status === 404 && !changes))) return answer.data.data ?? undefined;
  const refusal = refusalShape.safeParse(json);
  if (!refusal.success) throw lost({ system: 'OpenBao', changes });
  if (status === 404 && !changes && refusal.data.errors.length === 0) return undefined;
  throw refused(status, refusal.data.errors.join(' '), { changes, method });
}

const refusals: Readonly<Record<number, readonly [ErrorCode, string]>> = {
  400: ['invalid_request', 'OpenBao calls the request invalid'],
  403: ['denied', 'OpenBao refuses: its token is not valid or lacks the right'],
  404: ['not_found', 'OpenBao knows no such path'],
  405: ['invalid_request', 'OpenBao does not do this at this path'],
  412: ['throttled', 'OpenBao asks to wait until it has caught up'],
  413: ['invalid_request', 'OpenBao calls the request too large'],
  429: ['throttled', 'OpenBao asks to slow down'],
};

/** The server's words only sort the answer; none of them goes into the error. */
function refused(status: number, words: string, how: Pick<How, 'changes' | 'method'>): KeyturnError {
  if (status === 400 && words.includes('check-and-set')) {
    return new KeyturnError('conflict', 'somebody else wrote to this path of OpenBao since it was read');
  }
  if (status === 503 && /\bsealed\b/.test(words)) {
    return new KeyturnError('unavailable', 'OpenBao does not serve', 'OpenBao is sealed');
  }
  const known = refusals[status];
  return known ? new KeyturnError(...known) : lost({ system: 'OpenBao', ...how });
}

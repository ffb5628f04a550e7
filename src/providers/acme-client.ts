import { z } from 'zod';
import { privateKeyOf } from '../certificates/signing-key.ts';
import type { Read } from '../contract/call.ts';
import { KeyturnError } from '../contract/errors.ts';
import type { World } from '../contract/provider.ts';
import { Secret } from '../contract/secret.ts';
import { acmeFailure, problemIn } from './acme-errors.ts';
import { accountBinding, publicJwk, signedRequest, thumbprint } from './acme-signature.ts';
import { isPrivate, privateBaseUrl, requestTimeout } from './http-connection.ts';
import { exchange, lost, type HttpAnswer } from './http-exchange.ts';

const secret = z.instanceof(Secret, { error: 'expected a secret' });

/** How a worker reaches one ACME server. */
export const acmeConnection = z.strictObject({
  directory: privateBaseUrl.describe('The URL of its directory.'),
  accountKey: secret.refine(isAccountKey, 'expected an ECDSA P-256 key in PEM, unencrypted'),
  contact: z
    .string()
    .regex(/^\S+@\S+$/, 'expected a mail address')
    .optional(),
  externalAccount: z
    .strictObject({ keyId: z.string().min(1).max(512), hmacKey: secret })
    .optional()
    .describe('Binds the account to one that the authority knows; the key is base64url.'),
  timeoutMs: requestTimeout,
});

export type AcmeConnection = z.output<typeof acmeConnection>;

const url = z.url().refine(isPrivate);
const directoryShape = z.object({
  newNonce: url,
  newAccount: url,
  newOrder: url,
  revokeCert: url,
  renewalInfo: url.optional(),
});

export type Directory = z.output<typeof directoryShape>;

/** An ACME server that an account speaks to. https://www.rfc-editor.org/rfc/rfc8555 */
export interface Acme {
  directory(call: Read): Promise<Directory>;
  /** Posts as the account, which is made where it is not there yet. `changes`: whether a lost answer may hide a change. */
  post(to: string, payload: object | '', how: { readonly changes: boolean }, call: Read): Promise<HttpAnswer>;
  /** Whether there is an account with this key. Makes none. */
  hasAccount(call: Read): Promise<boolean>;
  /** A question that needs no account. */
  get(from: string, call: Read): Promise<HttpAnswer>;
  /** What proves to the authority that the account saw its token. RFC 8555 (8.1) */
  readonly keyAuthorization: (token: string) => string;
}

const mostNonces = 5;
const directoryLastsMs = 600_000;

export function openAcme(connection: AcmeConnection, world: World): Acme {
  const { contact, externalAccount } = connection;
  const key = privateKeyOf(connection.accountKey);
  const jwk = publicJwk(key);
  const { directory, ask, send } = openServer(connection, world);
  const signed = async (to: string, payload: object | '', { as, changes }: Signing, call: Read) => {
    const sign = (nonce: string) => signedRequest(key, { nonce, url: to, ...as }, payload);
    for (let attempt = 1; ; attempt += 1) {
      const answer = await send(to, sign, changes, call);
      // A server may refuse any nonce, and has done nothing then. RFC 8555 (6.5)
      if (problemIn(answer.json) !== 'badNonce' || attempt === mostNonces) return answer;
    }
  };
  const account = async (payload: object, call: Read) =>
    signed((await directory(call)).newAccount, payload, { as: { jwk }, changes: false }, call);
  let known: string | undefined;
  const accountUrl = async (call: Read): Promise<string> => {
    if (known !== undefined) return known;
    const { newAccount } = await directory(call);
    const binding = externalAccount && {
      externalAccountBinding: await accountBinding(externalAccount, newAccount, jwk),
    };
    const contacts = contact === undefined ? {} : { contact: [`mailto:${contact}`] };
    const answer = await account({ termsOfServiceAgreed: true, ...contacts, ...binding }, call);
    const location = answer.headers.get('location');
    if (![200, 201].includes(answer.status) || location === null) throw acmeFailure(answer, false);
    return (known = location);
  };
  return {
    directory,
    get: ask,
    async post(to, payload, { changes }, call) {
      return signed(to, payload, { as: { kid: await accountUrl(call) }, changes }, call);
    },
    async hasAccount(call) {
      const answer = await account({ onlyReturnExisting: true }, call);
      if (problemIn(answer.json) === 'accountDoesNotExist') return false;
      if (answer.status === 200 && answer.headers.has('location')) return true;
      throw acmeFailure(answer, false);
    },
    keyAuthorization: (token) => `${token}.${thumbprint(jwk)}`,
  };
}

/** The server without an account: its directory, which is kept for a while, and its nonces, which are good for one request each. */
function openServer({ directory: at, timeoutMs }: AcmeConnection, { fetch, now }: World) {
  const common = { system: 'the authority', headers: {}, timeoutMs };
  const question = (method: string, url: string, { signal }: Read) =>
    exchange(fetch, { ...common, method, url, changes: false, signal });
  let read: { readonly at: number; readonly directory: Directory } | undefined;
  const directory = async (call: Read): Promise<Directory> => {
    if (call.signal.aborted) {
      throw new KeyturnError('unavailable', 'the authority was not asked: the call was told to stop');
    }
    if (read && now().getTime() - read.at < directoryLastsMs) return read.directory;
    const parsed = directoryShape.safeParse((await question('GET', at, call)).json);
    if (!parsed.success) throw lost({ system: 'the authority', changes: false });
    read = { at: now().getTime(), directory: parsed.data };
    return parsed.data;
  };
  // Each answer brings the nonce for the next request.
  let next: string | undefined;
  const takeNonce = async (call: Read): Promise<string> => {
    const held = next;
    next = undefined;
    const nonce = held ?? (await question('HEAD', (await directory(call)).newNonce, call)).headers.get('replay-nonce');
    if (nonce === null) throw lost({ system: 'the authority', changes: false });
    return nonce;
  };
  return {
    directory,
    ask: (from: string, call: Read) => question('GET', from, call),
    send: async (
      url: string,
      sign: (nonce: string) => Promise<Uint8Array<ArrayBuffer>>,
      changes: boolean,
      call: Read,
    ) => {
      const content = { type: 'application/jose+json', bytes: await sign(await takeNonce(call)) };
      const answer = await exchange(fetch, { ...common, method: 'POST', url, content, changes, signal: call.signal });
      next = answer.headers.get('replay-nonce') ?? undefined;
      return answer;
    },
  };
}

interface Signing {
  /** Who signs: a key that is not known yet, or the URL of an account. */
  readonly as: object;
  readonly changes: boolean;
}

function isAccountKey(text: Secret): boolean {
  try {
    return privateKeyOf(text).asymmetricKeyDetails?.namedCurve === 'prime256v1';
  } catch {
    return false;
  }
}

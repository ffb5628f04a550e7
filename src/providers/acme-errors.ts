import { z } from 'zod';
import { KeyturnError, type ErrorCode } from '../contract/errors.ts';
import { lost, type HttpAnswer } from './http-exchange.ts';

const problemShape = z.object({ type: z.string() });
const prefix = 'urn:ietf:params:acme:error:';

const notNamed = 'the authority does not sign these names';
const notSeen = 'the authority did not see the answer to its challenge';

/** https://www.rfc-editor.org/rfc/rfc8555#section-6.7 */
const refusals: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  accountDoesNotExist: ['denied', 'the authority knows no account with this key'],
  externalAccountRequired: ['denied', 'the authority makes accounts only for an external account'],
  unauthorized: ['denied', 'the authority refuses the account of the connection'],
  userActionRequired: ['denied', 'the authority asks the owner of the account to do something first'],
  alreadyRevoked: ['conflict', 'the certificate is revoked already'],
  badRevocationReason: ['invalid_request', 'the authority does not take this reason'],
  badCSR: ['invalid_request', 'the authority does not take the signing request'],
  badPublicKey: ['invalid_request', 'the authority does not take the key'],
  malformed: ['invalid_request', 'the authority calls the request malformed'],
  rejectedIdentifier: ['invalid_request', notNamed],
  unsupportedIdentifier: ['invalid_request', notNamed],
  caa: ['invalid_request', 'a CAA record forbids the authority to sign these names'],
  unsupportedContact: ['invalid_request', 'the authority does not take the contact'],
  invalidContact: ['invalid_request', 'the authority does not take the contact'],
  invalidProfile: ['invalid_request', 'the authority has no such profile'],
  connection: ['invalid_request', notSeen],
  dns: ['invalid_request', notSeen],
  incorrectResponse: ['invalid_request', notSeen],
  tls: ['invalid_request', notSeen],
  rateLimited: ['throttled', 'the authority asks to slow down'],
  orderNotReady: ['unavailable', 'the authority is not ready for this order yet'],
};

/** The word of RFC 8555 in a problem document, or `undefined` where something else spoke. */
export function problemIn(json: unknown): string | undefined {
  const { data } = problemShape.safeParse(json);
  return data?.type.startsWith(prefix) ? data.type.slice(prefix.length) : undefined;
}

/** What an answer means that is not the one hoped for. The authority's words only sort it. */
export function acmeFailure({ json }: Pick<HttpAnswer, 'json'>, changes: boolean): KeyturnError {
  const known = refusals[problemIn(json) ?? ''];
  return known ? new KeyturnError(...known) : lost({ system: 'the authority', changes });
}

import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { FlattenedSign } from 'jose';
import type { Secret } from '../contract/secret.ts';

/** The public half of an account's key, as ACME shows it. RFC 7517 */
export interface PublicJwk {
  readonly crv: string;
  readonly kty: string;
  readonly x: string;
  readonly y: string;
}

export function publicJwk(key: KeyObject): PublicJwk {
  const { crv = '', kty = '', x = '', y = '' } = createPublicKey(key).export({ format: 'jwk' });
  return { crv, kty, x, y };
}

/** Of the members in this order, and no others. RFC 7638 */
export function thumbprint({ crv, kty, x, y }: PublicJwk): string {
  return createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url');
}

/** A request signed with ES256, as JSON in bytes. `''` stands for no payload at all. RFC 7515, RFC 8555 (6.2) */
export async function signedRequest(
  key: KeyObject,
  header: object,
  payload: object | '',
): Promise<Uint8Array<ArrayBuffer>> {
  const signed = new FlattenedSign(payload === '' ? new Uint8Array() : bytesOf(payload));
  return bytesOf(await signed.setProtectedHeader({ alg: 'ES256', ...header }).sign(key));
}

/** The account's key, vouched for with the key of an account that the authority knows already. RFC 8555 (7.3.4) */
export async function accountBinding(
  { keyId, hmacKey }: { readonly keyId: string; readonly hmacKey: Secret },
  newAccount: string,
  jwk: PublicJwk,
): Promise<object> {
  const bound = new FlattenedSign(bytesOf(jwk)).setProtectedHeader({ alg: 'HS256', kid: keyId, url: newAccount });
  return bound.sign(Buffer.from(hmacKey.reveal(), 'base64url'));
}

function bytesOf(json: object): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify(json));
}

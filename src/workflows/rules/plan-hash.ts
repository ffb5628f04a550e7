import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import canonicalize from 'canonicalize';

/** `sha256:` over the canonical JSON of RFC 8785, so that anybody can compute it again from what a gate shows. */
export function planHash(plan: object): string {
  return `sha256:${bytesToHex(sha256(utf8ToBytes(canonicalize(wellFormed(plan)) ?? '')))}`;
}

/** Half a surrogate pair has no canonical form, and what people write must not be able to wedge a run. */
function wellFormed(plan: object): object {
  const replacer = (_key: string, value: unknown) => (typeof value === 'string' ? value.toWellFormed() : value);
  return JSON.parse(JSON.stringify(plan, replacer)) as object;
}

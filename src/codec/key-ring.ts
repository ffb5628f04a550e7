import { createSecretKey, type KeyObject } from 'node:crypto';
import type { Secret } from '../contract/secret.ts';

/** The keys of the payload codec: one writes, all read. A key object prints nothing of its bytes. */
export interface KeyRing {
  readonly current: string;
  readonly keys: ReadonlyMap<string, KeyObject>;
}

/** 32 bytes from their base64 text (RFC 4648), or `undefined` when the secret is not exactly that. */
export function codecKey(secret: Secret): KeyObject | undefined {
  const text = secret.reveal().trim();
  const bytes = Buffer.from(text, 'base64');
  return bytes.length === 32 && bytes.toString('base64') === text ? createSecretKey(bytes) : undefined;
}

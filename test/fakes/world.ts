import { createHmac } from 'node:crypto';
import type { World } from '../../src/contract/provider.ts';

/** A world for providers under test: real requests, a real clock, and a fingerprint under a key that is used nowhere else. */
export function worldOf(connection: string): World {
  return {
    connection,
    fetch: globalThis.fetch,
    now: () => new Date(),
    fingerprint: (secret) => `hmac-sha256:${createHmac('sha256', 'test-key').update(secret.reveal()).digest('hex')}`,
  };
}

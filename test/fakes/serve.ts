import assert from 'node:assert/strict';
import type { MemoryWorld } from '../workflows/memory-world.ts';

/** Every workload serves one request with the credential that it runs on: none may ever have failed. */
export function serve({ consumers }: MemoryWorld): void {
  for (const [id, consumer] of Object.entries(consumers)) {
    consumer.request();
    assert.equal(consumer.failedRequests, 0, `${id} was refused`);
  }
}

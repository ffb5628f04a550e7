import type { MemoryWorld } from '../workflows/memory-world.ts';

/** All that an operation can change in a world in memory, except when a credential was last used. */
export function snapshot({ system, store, consumers, entitlements, unscheduled }: MemoryWorld): object {
  return structuredClone({
    credentials: system.credentials.map(({ id, secret, status }) => ({ id, secret, status })),
    entitlements: [...entitlements.accounts],
    secrets: [...store.secrets],
    unscheduled: [...unscheduled],
    consumers: Object.entries(consumers).map(([id, { delivered, running }]) => ({ id, delivered, running })),
  });
}

import type { EntitlementPort } from '../../../src/contract/entitlements.ts';
import { MemoryEntitlements } from '../../fakes/memory-entitlements.ts';
import type { EntitlementSystem } from '../entitlements.ts';

/** A port that breaks one promise, and the case that must notice. */
export interface EntitlementMutant {
  /** Completes "an entitlement port that ...". */
  readonly name: string;
  /** How the name of that case begins. */
  readonly caughtBy: string;
  readonly mutate: (port: EntitlementPort, system: MemoryEntitlements) => EntitlementPort;
}

const things = { 1: 'read', 2: 'write', 3: 'admin' } as const;

/** A system of its own for each case, with the port as the mutant changed it. */
export function entitlementSystem(mutate: EntitlementMutant['mutate'] = (port) => port): EntitlementSystem {
  const memory = new MemoryEntitlements(['orders', 'bystander']);
  return {
    port: mutate(memory.port(), memory),
    account: 'orders',
    neighbour: 'bystander',
    absent: 'nobody',
    give: async (account, nth) => memory.give(account, things[nth]),
    works: async (account, nth) => memory.holds(account, things[nth]),
    giveByHand: async (account) => memory.give(account, 'owner', 'give it to somebody else'),
    remoteWords: ['FATAL from remote'],
    close: async () => {},
  };
}

import type { Entitlement } from '../contract/entitlements.ts';
import { inverted, type Verdict } from '../contract/verdict.ts';
import { bounded } from './boundary.ts';
import { whileHeld, type Command } from './held.ts';
import { poll, type Patience } from './poll.ts';
import { entitlementPort, type ActivityWorld } from './world.ts';

/** An account at a system: one entry of `entitlements` in the manifest. */
export interface AccountAt {
  readonly connection: string;
  readonly account: string;
}

/** What an account holds. A history has room for so many: the rest shows once these are gone. */
export interface Holdings {
  readonly held: readonly Entitlement[];
  /** How many more there are than `held` shows. */
  readonly more: number;
}

const mostShown = 500;

/** What an identity may do beyond logging in: read, taken away one by one, and each seen to be gone. */
export function entitlementActivities(world: ActivityWorld) {
  return {
    /** Throws `not_found` where the system knows no such account. Nothing held is an empty answer. */
    listEntitlements: bounded(async ({ connection, account }: AccountAt, call): Promise<Holdings> => {
      const all = await entitlementPort(world, connection).list(account, call);
      return { held: all.slice(0, mostShown), more: Math.max(0, all.length - mostShown) };
    }),

    /** Whether the connection may take away what the account holds; `unknown` where the system can't be asked that. */
    checkEntitlements: bounded(async ({ connection, account }: AccountAt, call): Promise<Verdict> => {
      const asked = await entitlementPort(world, connection).preflight?.(account, call);
      const because = 'what the connection may take away can not be asked of this system';
      return asked ?? { is: 'unknown', because, at: new Date().toISOString() };
    }),

    /** Gone is done. Throws `conflict` for what a person has to hand over first. */
    removeEntitlement: whileHeld(
      world,
      async ({ connection, account, id, operation }: Command & AccountAt & { id: string }, call): Promise<void> => {
        await entitlementPort(world, connection).remove(account, id, { ...call, operation });
      },
    ),

    /** Asks until the system says so often in a row that the account does not hold it: `yes` is gone. */
    proveEntitlementGone: bounded(
      async (
        { connection, account, id, ...patience }: AccountAt & { id: string } & Patience,
        call,
      ): Promise<Verdict> => {
        const port = entitlementPort(world, connection);
        return poll(async () => inverted(await port.prove(account, id, call)), patience, call);
      },
    ),
  };
}

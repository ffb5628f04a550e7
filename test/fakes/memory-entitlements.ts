import type { Read } from '../../src/contract/call.ts';
import type { Entitlement, EntitlementPort } from '../../src/contract/entitlements.ts';
import { KeyturnError } from '../../src/contract/errors.ts';
import type { Verdict } from '../../src/contract/verdict.ts';

/** What an account holds in memory, each under its id: a word of small letters and digits. */
export type Holding = Map<string, Entitlement>;

/** A system in memory that keeps what accounts hold. What it was told is what it did; a stopped call does nothing. */
export class MemoryEntitlements {
  readonly accounts = new Map<string, Holding>();

  constructor(accounts: readonly string[] = []) {
    for (const account of accounts) this.accounts.set(account, new Map());
  }

  /** Gives it as an administrator would. With `byHand` it is one that a person has to hand over. */
  give(account: string, id: string, byHand?: string): void {
    this.#of(account).set(id, { id, what: `${account} may ${id}`, ...(byHand !== undefined && { byHand }) });
  }

  holds(account: string, id: string): boolean {
    return this.accounts.get(account)?.has(id) ?? false;
  }

  port(): EntitlementPort {
    return {
      list: async (account, call) => {
        heed(call);
        return [...this.#of(account).values()];
      },
      prove: async (account, id, { signal }) => {
        isId(id);
        if (signal.aborted) return say('unknown', 'the call was told to stop');
        if (!this.accounts.has(account)) return say('unknown', 'there is no such account');
        return this.holds(account, id) ? say('yes', `it holds ${id}`) : say('no', `it does not hold ${id}`);
      },
      remove: async (account, id, call) => {
        heed(call);
        isId(id);
        const held = this.accounts.get(account);
        if (held?.get(id)?.byHand !== undefined) throw new KeyturnError('conflict', 'a person has to hand it over');
        held?.delete(id);
      },
      grant: async (account, id, call) => {
        heed(call);
        isId(id);
        if (!this.#of(account).has(id)) this.give(account, id);
      },
      preflight: async (account, { signal }) => {
        if (signal.aborted) return say('unknown', 'the call was told to stop');
        return this.accounts.has(account) ? say('yes', 'rights are in order') : say('no', 'there is no such account');
      },
    };
  }

  #of(account: string): Holding {
    const held = this.accounts.get(account);
    if (held) return held;
    throw new KeyturnError('not_found', 'there is no such account');
  }
}

function heed({ signal }: Read): void {
  if (signal.aborted) throw new KeyturnError('unavailable', 'the call was told to stop');
}

function isId(id: string): void {
  if (!/^[a-z0-9]{1,40}$/.test(id)) throw new KeyturnError('invalid_request', 'id: expected a word');
}

function say(is: Verdict['is'], because: string): Verdict {
  return { is, because, at: new Date().toISOString() };
}

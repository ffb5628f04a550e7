import assert from 'node:assert/strict';
import type { Entitlement, EntitlementPort } from '../../../src/contract/entitlements.ts';
import type { Verdict } from '../../../src/contract/verdict.ts';
import { call, isWellFormed } from '../credentials/stage.ts';
import type { EntitlementSystem } from '../entitlements.ts';
import { inTime } from '../in-time.ts';
import { watch, type Witness } from '../witness.ts';

/** What a case acts with: the watched port and the questions that are asked in every case. */
export interface Stage {
  readonly system: EntitlementSystem;
  readonly port: EntitlementPort;
  readonly witness: Witness<EntitlementPort>;
  /** Gives the account one thing, and returns what `list` shows of it. */
  readonly give: (nth: 1 | 2 | 3) => Promise<Entitlement>;
  /** The ids of what the account holds, sorted. */
  readonly listed: (account?: string) => Promise<string[]>;
  /** Fails unless the port gives this verdict. */
  readonly expect: (id: string, is: Verdict['is']) => Promise<void>;
  readonly neighbourIsUntouched: () => Promise<void>;
}

export async function setStage(system: EntitlementSystem): Promise<Stage> {
  const witness = watch(system.port, system.secrets);
  const { port } = witness;
  const listed = async (account = system.account) => {
    const held = await port.list(account, call());
    held.forEach(isReadable);
    return held.map(({ id }) => id).toSorted();
  };
  await system.give(system.neighbour, 1);
  await system.give(system.neighbour, 2);
  const before = await inTime(() => listed(system.neighbour));
  return {
    system,
    port,
    witness,
    listed,
    give: (nth) => shownAfter({ system, port }, () => system.give(system.account, nth)),
    async expect(id, is) {
      const verdict = await port.prove(system.account, id, call());
      isWellFormed(verdict);
      assert.equal(verdict.is, is, verdict.because);
    },
    async neighbourIsUntouched() {
      assert.equal(before.length, 2, 'a neighbour was given two things');
      assert.deepEqual(await inTime(() => listed(system.neighbour)), before, 'a neighbour account was touched');
      for (const nth of [1, 2] as const)
        assert.ok(await system.works(system.neighbour, nth), 'a neighbour lost a right');
    },
  };
}

/** The one entitlement that `list` shows after this act and did not show before. */
export async function shownAfter(
  { system, port }: Pick<Stage, 'system' | 'port'>,
  act: () => Promise<void>,
): Promise<Entitlement> {
  const before = (await port.list(system.account, call())).map(({ id }) => id);
  await act();
  const fresh = (await port.list(system.account, call())).filter(({ id }) => !before.includes(id));
  const [entitlement, ...others] = fresh;
  assert.ok(entitlement, 'what was given is not listed');
  assert.deepEqual(others, [], 'one thing was given, and several are listed');
  return entitlement;
}

function isReadable({ id, what, byHand }: Entitlement): void {
  assert.match(id, /^\P{C}{1,1000}$/u, 'an id is one line of at most 1000 characters');
  assert.match(what, /^\S\P{C}{2,1999}$/u, 'what it is is said in one line of at most 2000 characters');
  if (byHand !== undefined) assert.match(byHand, /^\S\P{C}{2,}$/u, 'what a person must do is said in one line');
}

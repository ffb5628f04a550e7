import assert from 'node:assert/strict';
import { call, isWellFormed, refuses } from './credentials/stage.ts';
import { setStage, type Stage } from './entitlements/stage.ts';
import type { EntitlementSystem } from './entitlements.ts';
import { describeHostile, type HostileCase, type HostileSuite } from './hostile.ts';
import { inTime } from './in-time.ts';
import { retryable, retryableFailure } from './refusals.ts';

const hostileEntitlementCases: readonly HostileCase<Stage>[] = [
  {
    name: 'I7: prove and preflight are unknown for what is held and for what is gone, and list gives no answer',
    asks: true,
    async run({ give, port, system, expect }, fault) {
      const [gone, kept] = [await give(1), await give(2)];
      await port.remove(system.account, gone.id, call());
      await fault.begin();
      for (const { id } of [gone, kept]) {
        const verdict = await port.prove(system.account, id, call());
        isWellFormed(verdict);
        assert.equal(verdict.is, 'unknown', verdict.because);
      }
      await refuses(retryable, () => port.list(system.account, call()));
      const ready = await port.preflight?.(system.account, call());
      if (ready) assert.equal(ready.is, 'unknown', ready.because);
      await fault.end();
      await inTime(() => port.list(system.account, call()));
      await expect(kept.id, 'yes');
    },
  },
  {
    name: 'a question that is told to stop in the middle ends at once',
    asks: true,
    async run({ give, port, system }, fault) {
      const { id } = await give(1);
      await fault.begin();
      const started = Date.now();
      const verdict = await port.prove(system.account, id, { signal: AbortSignal.timeout(100) });
      assert.equal(verdict.is, 'unknown');
      assert.ok(Date.now() - started < 1_000, 'the signal was not honoured within a second');
    },
  },
  {
    name: 'I6, I7: a remove whose answer is lost says so, and converges when it is sent again',
    asks: false,
    async run({ give, port, system, listed }, fault) {
      const [taken, kept, write] = [await give(1), await give(2), call()];
      await fault.begin();
      const code = await retryableFailure(() => port.remove(system.account, taken.id, write));
      await fault.end();
      const held = await inTime(() => listed());
      if (code !== 'outcome_unknown') assert.ok(held.includes(taken.id), `it said ${code}, and it was done`);
      await port.remove(system.account, taken.id, write);
      assert.deepEqual(await listed(), [kept.id]);
      assert.equal(await system.works(system.account, 1), false);
    },
  },
  {
    name: 'I6, I7: a grant whose answer is lost says so, and converges when it is sent again',
    asks: false,
    async run({ give, port, system, listed }, fault) {
      const { id } = await give(1);
      const write = call();
      await port.remove(system.account, id, call());
      if (!port.grant) return;
      await fault.begin();
      const code = await retryableFailure(async () => port.grant?.(system.account, id, write));
      await fault.end();
      const held = await inTime(() => listed());
      if (code !== 'outcome_unknown') assert.deepEqual(held, [], `it said ${code}, and it was done`);
      await port.grant(system.account, id, write);
      assert.deepEqual(await listed(), [id]);
    },
  },
];

/**
 * The hostile run of the entitlement port, for node:test: the same promises when the way to the system fails. No answer is taken
 * for an empty one, a write says honestly whether it may have happened, and the same write sent again converges.
 */
export function describeHostileEntitlementPort(suite: HostileSuite<EntitlementSystem>): void {
  const name = `${suite.name} keeps its promises when the way to the system fails`;
  describeHostile(name, suite, hostileEntitlementCases, setStage);
}

import assert from 'node:assert/strict';
import { call, isWellFormed, refuses } from './credentials/stage.ts';
import { describeHostile, type HostileCase, type HostileSuite } from './hostile.ts';
import { refusal, retryable, retryableFailure } from './refusals.ts';
import { draw, setStage, type Stage } from './stores/stage.ts';
import type { StoreSystem } from './stores.ts';

const hostileStoreCases: readonly HostileCase<Stage>[] = [
  {
    name: 'I7: find, get, read and preflight give no answer rather than an empty or a good one',
    asks: true,
    async run({ port, system }, fault) {
      const write = call();
      const { ref } = await port.put(system.identity, draw(), undefined, write);
      const path = await system.plant(draw());
      await fault.begin();
      await refuses(retryable, () => port.find(system.identity, write.operation, call()));
      await refuses(retryable, () => port.get(ref, call()));
      await refuses(retryable, () => port.read(path, call()));
      const verdict = await port.preflight(system.identity, call());
      isWellFormed(verdict);
      assert.equal(verdict.is, 'unknown', verdict.because);
    },
  },
  {
    name: 'I2, I6: a put whose answer is lost says so, and sent again it returns the secret that came first',
    asks: false,
    async run({ port, system, holds }, fault) {
      const [first, second, write] = [draw(), draw(), call()];
      await fault.begin();
      const code = await retryableFailure(() => port.put(system.identity, first, undefined, write));
      await fault.end();
      const found = await port.find(system.identity, write.operation, call());
      assert.ok(found === undefined || code === 'outcome_unknown', `it said ${code}, and it was done`);
      const stored = await port.put(system.identity, second, undefined, write);
      await holds(stored, found ? first : second);
    },
  },
  {
    name: 'I6, I7: a destroy whose answer is lost says so, and converges when it is sent again',
    asks: false,
    async run({ port, put, holds }, fault) {
      const [secret, write] = [draw(), call()];
      const stored = await put(secret);
      await fault.begin();
      const code = await retryableFailure(() => port.destroy(stored.ref, write));
      await fault.end();
      if (code !== 'outcome_unknown') await holds(stored, secret);
      await port.destroy(stored.ref, write);
      await refuses(refusal, () => port.get(stored.ref, call()));
    },
  },
];

/**
 * The hostile run of the store port, for node:test: the same promises when the way to the store fails. No answer is taken for
 * an empty one, a write says honestly whether it may have happened, and the same write sent again converges.
 */
export function describeHostileStorePort(suite: HostileSuite<StoreSystem>): void {
  const name = `${suite.name} keeps its promises when the way to the store fails`;
  describeHostile(name, suite, hostileStoreCases, setStage);
}

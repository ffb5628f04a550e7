import assert from 'node:assert/strict';
import type { ConsumerSystem } from './consumers.ts';
import { setStage, type Stage } from './consumers/stage.ts';
import { call, isWellFormed } from './credentials/stage.ts';
import { describeHostile, type HostileCase, type HostileSuite } from './hostile.ts';
import { retryableFailure } from './refusals.ts';

const hostileConsumerCases: readonly HostileCase<Stage>[] = [
  {
    name: 'F25, I7: verify and preflight are unknown, for what the workload runs on and for what it does not',
    asks: true,
    async run({ draw, move, port, system, expect }, fault) {
      const credential = draw();
      await move(credential);
      await fault.begin();
      for (const { fingerprint } of [credential, draw()]) {
        const verdict = await port.verify(system.target, fingerprint, call());
        isWellFormed(verdict);
        assert.equal(verdict.is, 'unknown', verdict.because);
      }
      const ready = await port.preflight?.(system.target, call());
      if (ready) assert.equal(ready.is, 'unknown', ready.because);
      await fault.end();
      await expect(credential, 'yes');
    },
  },
  {
    name: 'I6, I7: a delivery whose answer is lost says so, and converges when it is sent again',
    asks: false,
    async run({ draw, move, port, system, rests, expect }, fault) {
      const [old, fresh, write] = [draw(), draw(), call()];
      await move(old);
      await fault.begin();
      const code = await retryableFailure(() => port.deliver(system.target, fresh, write));
      await fault.end();
      if (code !== 'outcome_unknown') await rests(old);
      await port.deliver(system.target, fresh, write);
      await rests(fresh);
      await port.apply?.(system.target, call());
      await expect(fresh, 'yes');
    },
  },
];

/**
 * The hostile run of the consumer port, for node:test: the same promises when the way to the workload fails. A verdict is
 * `unknown`, a delivery says honestly whether it may have happened, and sent again it converges.
 */
export function describeHostileConsumerPort(suite: HostileSuite<ConsumerSystem>): void {
  const name = `${suite.name} keeps its promises when the way to the workload fails`;
  describeHostile(name, suite, hostileConsumerCases, setStage);
}

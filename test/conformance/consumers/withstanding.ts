import assert from 'node:assert/strict';
import type { ConsumerCase } from '../consumers.ts';
import { call, isWellFormed, refuses, stopped } from '../credentials/stage.ts';
import { hostileNames, isRefusal, retryable } from '../refusals.ts';
import type { Stage } from './stage.ts';

/** What a port does when it is told to stop, or is handed what means something to a path. */
export const withstandingCases: readonly ConsumerCase[] = [
  {
    name: 'a delivery that was told to stop before it began is refused as retryable, and does nothing',
    async run({ draw, move, rests, expect, port, system }) {
      const credential = draw();
      await move(credential);
      await refuses(retryable, () => port.deliver(system.target, draw(), stopped()));
      await rests(credential);
      await expect(credential, 'yes');
    },
  },
  {
    name: 'an apply that was told to stop before it began is refused as retryable',
    concerns: ({ port }) => port.apply !== undefined,
    async run({ draw, move, expect, port, system }) {
      const [old, fresh] = [draw(), draw()];
      await move(old);
      await port.deliver(system.target, fresh, call());
      await refuses(retryable, async () => port.apply?.(system.target, stopped()));
      if (system.runsOn) await expect(fresh, 'no');
    },
  },
  {
    name: 'I7: a question that could not be asked is unknown, never no',
    async run({ draw, move, port, system }) {
      const credential = draw();
      await move(credential);
      for (const { fingerprint } of [credential, draw()]) {
        const verdict = await port.verify(system.target, fingerprint, stopped());
        isWellFormed(verdict);
        assert.equal(verdict.is, 'unknown');
      }
      if (port.preflight) assert.equal((await port.preflight(system.target, stopped())).is, 'unknown');
    },
  },
  {
    name: 'a target that means something to a shell, a path, a query or a terminal is refused, or is just a name',
    async run(stage) {
      const credential = stage.draw();
      await stage.move(credential);
      for (const target of hostileNames) {
        await isRefusedOrKept(stage, target);
      }
      await stage.rests(credential);
      await stage.expect(credential, 'yes');
    },
  },
];

/** Where a port takes the name, what it delivered has to rest there and nowhere else. */
async function isRefusedOrKept({ port, draw, expect }: Stage, target: string): Promise<void> {
  const credential = draw();
  try {
    await port.deliver(target, credential, call());
    await port.apply?.(target, call());
  } catch (error) {
    isRefusal(error);
    const verdict = await port.verify(target, credential.fingerprint, call()).catch(() => undefined);
    assert.notEqual(verdict?.is, 'yes', `${JSON.stringify(target.slice(0, 30))} was refused, and verifies`);
    return;
  }
  await expect(credential, 'yes', target);
}

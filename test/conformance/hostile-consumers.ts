import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConsumerSystem } from './consumers.ts';
import { setStage, type Stage } from './consumers/stage.ts';
import type { Disturbance } from './credentials/hostile.ts';
import { call, isWellFormed } from './credentials/stage.ts';
import type { HostileFault } from './hostile-credentials.ts';
import { retryableFailure } from './refusals.ts';

/** A workload with something between it and the port that can be made to fail. */
export interface HostileConsumerSystem extends ConsumerSystem {
  /** From now on the port meets this fault, and with `undefined` none. */
  disturb(fault: string | undefined): Promise<void>;
}

export interface HostileConsumerSuite {
  readonly name: string;
  /** Called once per case and fault. */
  readonly open: () => Promise<HostileConsumerSystem>;
  readonly faults: readonly HostileFault[];
}

interface HostileConsumerCase {
  readonly name: string;
  /** The case asks questions only, so a fault that waits for a write would not be met. */
  readonly asks: boolean;
  readonly run: (stage: Stage, fault: Disturbance) => Promise<void>;
}

export const hostileConsumerCases: readonly HostileConsumerCase[] = [
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
export function describeHostileConsumerPort({ name, open, faults }: HostileConsumerSuite): void {
  test(`${name} keeps its promises when the way to the workload fails`, async (t) => {
    for (const fault of faults) {
      for (const each of hostileConsumerCases.filter(({ asks }) => !asks || fault.hits === 'everything')) {
        await t.test(`${fault.name}: ${each.name}`, () => runHostileConsumerCase(each, fault, open));
      }
    }
  });
}

/** Runs one case under one fault on a workload of its own; what is held around the plain cases is held here as well. */
export async function runHostileConsumerCase(
  { run }: HostileConsumerCase,
  { name }: HostileFault,
  open: HostileConsumerSuite['open'],
): Promise<void> {
  const system = await open();
  try {
    const stage = await setStage(system);
    const end = () => system.disturb(undefined);
    await run(stage, { begin: () => system.disturb(name), end });
    await end();
    await stage.neighbourIsUntouched();
    stage.witness.testify(system.remoteWords);
  } finally {
    await system.close();
  }
}

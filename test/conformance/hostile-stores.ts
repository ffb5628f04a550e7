import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Disturbance } from './credentials/hostile.ts';
import { call, isWellFormed, refuses } from './credentials/stage.ts';
import type { HostileFault } from './hostile-credentials.ts';
import { refusal, retryable, retryableFailure } from './refusals.ts';
import { draw, setStage, type Stage } from './stores/stage.ts';
import type { StoreSystem } from './stores.ts';

/** A store with something between it and the port that can be made to fail. */
export interface HostileStoreSystem extends StoreSystem {
  /** From now on the port meets this fault, and with `undefined` none. */
  disturb(fault: string | undefined): Promise<void>;
}

export interface HostileStoreSuite {
  readonly name: string;
  /** Called once per case and fault. */
  readonly open: () => Promise<HostileStoreSystem>;
  readonly faults: readonly HostileFault[];
}

interface HostileStoreCase {
  readonly name: string;
  /** The case asks questions only, so a fault that waits for a write would not be met. */
  readonly asks: boolean;
  readonly run: (stage: Stage, fault: Disturbance) => Promise<void>;
}

export const hostileStoreCases: readonly HostileStoreCase[] = [
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
export function describeHostileStorePort({ name, open, faults }: HostileStoreSuite): void {
  test(`${name} keeps its promises when the way to the store fails`, async (t) => {
    for (const fault of faults) {
      for (const each of hostileStoreCases.filter(({ asks }) => !asks || fault.hits === 'everything')) {
        await t.test(`${fault.name}: ${each.name}`, () => runHostileStoreCase(each, fault, open));
      }
    }
  });
}

/** Runs one case under one fault on a store of its own; what is held around the plain cases is held here as well. */
export async function runHostileStoreCase(
  { run }: HostileStoreCase,
  { name }: HostileFault,
  open: HostileStoreSuite['open'],
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

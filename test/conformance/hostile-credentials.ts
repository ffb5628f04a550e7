import { test } from 'node:test';
import type { CredentialSystem } from './credentials.ts';
import { hostileCases, type HostileCase } from './credentials/hostile.ts';
import { setStage } from './credentials/stage.ts';

/** A system with something between it and the port that can be made to fail. */
export interface HostileSystem extends CredentialSystem {
  /** From now on the port meets this fault, and with `undefined` none. */
  disturb(fault: string | undefined): Promise<void>;
}

export interface HostileSuite {
  readonly name: string;
  /** Called once per case and fault. */
  readonly open: () => Promise<HostileSystem>;
  readonly faults: readonly HostileFault[];
  readonly propagation?: number;
}

export interface HostileFault {
  readonly name: string;
  /** `writes`: the fault waits for a change to be sent, and questions pass. */
  readonly hits: 'everything' | 'writes';
}

/**
 * Runs one case under one fault on a system of its own. As in the plain suite the neighbour must survive, and nothing that
 * the system or a proxy said may show.
 */
export async function runHostileCase(
  { run }: HostileCase,
  // A connection that the fault before broke may still lie in the client's pool, and the first call after it find it dead.
  { fault, open, propagation = 2_000 }: { fault: HostileFault } & Pick<HostileSuite, 'open' | 'propagation'>,
): Promise<void> {
  const system = await open();
  try {
    const stage = await setStage(system, propagation);
    const calm = () => system.disturb(undefined);
    await run(stage, { begin: () => system.disturb(fault.name), end: calm });
    await calm();
    await stage.neighbourIsUntouched();
    stage.witness.testify(system.remoteWords);
  } finally {
    await system.close();
  }
}

/**
 * The hostile run of the credential port, for node:test: the same promises when the way to the system fails. A verdict is
 * `unknown`, a write says honestly whether it may have happened, and the same write sent again converges.
 */
export function describeHostileCredentialPort(suite: HostileSuite): void {
  test(`${suite.name} keeps its promises when the way to the system fails`, async (t) => {
    const sample = await suite.open();
    const { port } = sample;
    await sample.close();
    for (const fault of suite.faults) {
      for (const each of hostileCases) {
        if (each.concerns?.(port) === false) continue;
        if (fault.hits === 'writes' && each.asks) continue;
        await t.test(`${fault.name}: ${each.name}`, () => runHostileCase(each, { ...suite, fault }));
      }
    }
  });
}

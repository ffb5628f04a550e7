import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Delivered, MovedByMachine } from '../../../src/contract/consumers.ts';
import { Secret } from '../../../src/contract/secret.ts';
import type { Verdict } from '../../../src/contract/verdict.ts';
import type { ConsumerSystem } from '../consumers.ts';
import { call, isWellFormed } from '../credentials/stage.ts';
import { inTime } from '../in-time.ts';
import { watch, type Witness } from '../witness.ts';

/** What a case acts with: the watched port and the questions that are asked in every case. */
export interface Stage {
  readonly system: ConsumerSystem;
  readonly port: MovedByMachine;
  readonly witness: Witness<MovedByMachine>;
  /** A credential that nobody has yet. */
  readonly draw: (secret?: Secret) => Delivered;
  /** Delivers and applies, as a runbook does. */
  readonly move: (credential: Delivered, target?: string) => Promise<void>;
  /** Fails unless the port gives this verdict within the propagation time. */
  readonly expect: (credential: Delivered, is: Verdict['is'], target?: string) => Promise<void>;
  /** Fails unless exactly this secret rests at the target. */
  readonly rests: (credential: Delivered | undefined, target?: string) => Promise<void>;
  readonly neighbourIsUntouched: () => Promise<void>;
}

export async function setStage(system: ConsumerSystem, propagation = 0): Promise<Stage> {
  const witness = watch(system.port, system.secrets);
  const { port } = witness;
  const draw = (secret = system.drawSecret?.() ?? new Secret(`s-${randomUUID()}`)): Delivered => ({
    ref: { connection: 'db', account: 'orders', id: `id-${randomUUID()}` },
    secret,
    fingerprint: system.fingerprint(secret),
  });
  const move = async (credential: Delivered, target = system.target) => {
    await port.deliver(target, credential, call());
    await port.apply?.(target, call());
  };
  const expect = async ({ fingerprint }: Delivered, is: Verdict['is'], target = system.target) => {
    const end = Date.now() + propagation;
    for (;;) {
      const verdict = await port.verify(target, fingerprint, call());
      isWellFormed(verdict);
      if (verdict.is === is) return;
      if (Date.now() >= end) assert.equal(verdict.is, is, verdict.because);
      await sleep(20);
    }
  };
  const rests = async (credential: Delivered | undefined, target = system.target) => {
    // Compared as a truth value: a failed assertion would print the secrets.
    const isSame = (await system.secretAt(target)) === credential?.secret.reveal();
    assert.ok(isSame, `another secret than the expected one rests at ${target}`);
  };
  const neighbour = draw();
  await inTime(() => move(neighbour, system.neighbour));
  return {
    system,
    port,
    witness,
    draw,
    move,
    expect,
    rests,
    async neighbourIsUntouched() {
      await rests(neighbour, system.neighbour);
      await expect(neighbour, 'yes', system.neighbour);
    },
  };
}

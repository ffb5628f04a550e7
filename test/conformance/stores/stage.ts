import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { StoredSecret } from '../../../src/contract/references.ts';
import { Secret } from '../../../src/contract/secret.ts';
import type { StorePort } from '../../../src/contract/stores.ts';
import { call } from '../credentials/stage.ts';
import type { StoreSystem } from '../stores.ts';
import { inTime } from '../in-time.ts';
import { watch, type Witness } from '../witness.ts';

/** What a case acts with: the watched port and the questions that are asked in every case. */
export interface Stage {
  readonly system: StoreSystem;
  readonly port: StorePort;
  readonly witness: Witness<StorePort>;
  /** Puts a secret of the identity under an operation of its own. */
  readonly put: (secret: Secret) => Promise<StoredSecret>;
  /** Fails unless exactly this secret rests there, and the fingerprint is its own. */
  readonly holds: (stored: StoredSecret, secret: Secret) => Promise<void>;
  readonly neighbourIsUntouched: () => Promise<void>;
}

/** A secret that nobody else has. */
export function draw(): Secret {
  return new Secret(`s-${randomUUID()}`);
}

export async function setStage(system: StoreSystem): Promise<Stage> {
  const witness = watch(system.port, system.secrets);
  const { port } = witness;
  const holds = async (stored: StoredSecret, secret: Secret) => {
    isWellFormed(stored);
    assert.equal(stored.fingerprint, system.fingerprint(secret), 'the fingerprint is that of another secret');
    // Compared as a truth value: a failed assertion would print the secrets.
    const isSame = (await port.get(stored.ref, call())).reveal() === secret.reveal();
    assert.ok(isSame, 'another secret rests there');
  };
  const secret = draw();
  const beginning = call();
  const neighbour = await inTime(() => port.put(system.neighbour, secret, undefined, beginning));
  return {
    system,
    port,
    witness,
    holds,
    put: (mine) => port.put(system.identity, mine, undefined, call()),
    neighbourIsUntouched: () => inTime(() => holds(neighbour, secret)),
  };
}

function isWellFormed({ ref, fingerprint }: StoredSecret): void {
  assert.match(ref.path, /^[^\p{Cc}]{1,1024}$/u, 'a path is a line of at most 1024 characters');
  assert.ok(Number.isSafeInteger(ref.version) && ref.version >= 1, 'a version is a whole number from 1');
  assert.match(fingerprint, /^hmac-sha256:/);
}

import type { CredentialSystem } from './credentials.ts';
import { hostileCases } from './credentials/hostile.ts';
import { setStage } from './credentials/stage.ts';
import { describeHostile, type HostileSuite } from './hostile.ts';

/** A connection that the fault before broke may still lie in the client's pool, and the first call after it find it dead. */
const afterFaultMs = 2_000;

/**
 * The hostile run of the credential port, for node:test: the same promises when the way to the system fails. A verdict is
 * `unknown`, a write says honestly whether it may have happened, and the same write sent again converges.
 */
export function describeHostileCredentialPort({
  propagation = afterFaultMs,
  ...suite
}: HostileSuite<CredentialSystem> & { readonly propagation?: number }): void {
  const name = `${suite.name} keeps its promises when the way to the system fails`;
  const stage = (system: CredentialSystem) => setStage(system, propagation);
  describeHostile(name, suite, hostileCases, stage, ({ concerns }, { port }) => concerns?.(port) !== false);
}

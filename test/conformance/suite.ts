import { test } from 'node:test';
import type { Witness } from './witness.ts';

/** What a suite opens for one case: a system of its own, with its words that no sentence of ours would hold. */
export interface Opened {
  readonly remoteWords?: readonly string[];
  close(): Promise<void>;
}

/** What a case plays on. */
export interface Staged {
  readonly witness: Pick<Witness<object>, 'testify'>;
  neighbourIsUntouched(): Promise<void>;
}

/**
 * Acts on a system of its own. Around every act three more things are held: the neighbour is untouched, errors are of the closed
 * set, and no secret or remote text is in anything that the port returned or threw.
 */
export async function onStage<System extends Opened, Stage extends Staged>(
  open: () => Promise<System>,
  setStage: (system: System) => Promise<Stage>,
  act: (stage: Stage, system: System) => Promise<void>,
): Promise<void> {
  const system = await open();
  try {
    const stage = await setStage(system);
    await act(stage, system);
    await stage.neighbourIsUntouched();
    stage.witness.testify(system.remoteWords);
  } finally {
    await system.close();
  }
}

/** One test with one for each case below it. Cases that do not concern a system as `open` gives it are not run. */
export function describeCases<System extends Opened, Case extends { readonly name: string }>(
  name: string,
  open: () => Promise<System>,
  cases: readonly Case[],
  concerns: (each: Case, system: System) => boolean,
  run: (each: Case) => Promise<void>,
): void {
  test(name, async (t) => {
    const sample = await open();
    const concerned = cases.filter((each) => concerns(each, sample));
    await sample.close();
    for (const each of concerned) await t.test(each.name, () => run(each));
  });
}

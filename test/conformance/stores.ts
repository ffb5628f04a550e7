import type { Fingerprint } from '../../src/contract/references.ts';
import type { Secret } from '../../src/contract/secret.ts';
import type { StorePort } from '../../src/contract/stores.ts';
import { puttingCases } from './stores/putting.ts';
import { readingCases } from './stores/reading.ts';
import { setStage, type Stage } from './stores/stage.ts';
import { withstandingCases } from './stores/withstanding.ts';
import { describeCases, onStage } from './suite.ts';

/** One store under test, with identities that belong to this case alone. */
export interface StoreSystem {
  readonly port: StorePort;
  /** Has nothing in the store yet. */
  readonly identity: string;
  /** The same, and another one: nothing may ever happen to it. */
  readonly neighbour: string;
  /** The fingerprint that the port was given in its world. */
  readonly fingerprint: (secret: Secret) => Fingerprint;
  /** Writes a secret as somebody else would, always to the same place, and returns what `read` takes. */
  plant(secret: Secret): Promise<string>;
  /** Secrets that the connection itself uses; they must not show either. */
  readonly secrets?: readonly Secret[];
  /** Words that the real system writes in its answers and that no sentence of ours would hold. */
  readonly remoteWords?: readonly string[];
  close(): Promise<void>;
}

export interface StoreSuite {
  readonly name: string;
  /** Called once per case. */
  readonly open: () => Promise<StoreSystem>;
}

/** One sentence that every store port must make true. */
export interface StoreCase {
  readonly name: string;
  readonly run: (stage: Stage) => Promise<void>;
}

/** What the comment of {@link StorePort} promises, one case each. A case throws when the promise is broken. */
export const storeCases: readonly StoreCase[] = [...puttingCases, ...readingCases, ...withstandingCases];

/**
 * Runs one case on a store of its own. Around every case three more things are held: the neighbour's secret stays, errors are of
 * the closed set, and no secret or remote text is in anything that the port returned or threw.
 */
export async function runStoreCase({ run }: StoreCase, { open }: Pick<StoreSuite, 'open'>): Promise<void> {
  await onStage(open, setStage, run);
}

/**
 * The conformance suite of the store port, for node:test.
 *
 * @example
 * describeStorePort({ name: 'my-store', open: async () => ({ port, identity, neighbour, fingerprint, plant, close }) });
 */
export function describeStorePort(suite: StoreSuite): void {
  describeCases(
    `${suite.name} keeps the promises of the store port`,
    suite.open,
    storeCases,
    () => true,
    (each) => runStoreCase(each, suite),
  );
}

import type { CredentialPort } from '../../src/contract/credentials.ts';
import type { CredentialRef } from '../../src/contract/references.ts';
import type { Secret } from '../../src/contract/secret.ts';
import { mintedHereCases } from './credentials/minted-here.ts';
import { mintedThereCases } from './credentials/minted-there.ts';
import { retirementCases } from './credentials/retirement.ts';
import { setStage, type Stage } from './credentials/stage.ts';
import { withstandingCases } from './credentials/withstanding.ts';
import { witnessingCases } from './credentials/witnessing.ts';
import { describeCases, onStage } from './suite.ts';

/** One system under test, with accounts that belong to this case alone. */
export interface CredentialSystem {
  readonly port: CredentialPort;
  /** Exists, and has no credential yet. */
  readonly account: string;
  /** The same, and another one: nothing may ever happen to it. */
  readonly neighbour: string;
  /** Does not exist. */
  readonly absent: string;
  /** Secrets that the connection itself uses; they must not show either. */
  readonly secrets?: readonly Secret[];
  /** Words that the real system writes in its answers and that no sentence of ours would hold. */
  readonly remoteWords?: readonly string[];
  /** Opens what outlives a credential: a database session, a token. Required where the port has `endSessions`. */
  openSession?(ref: CredentialRef, secret: Secret): Promise<OpenSession>;
  close(): Promise<void>;
}

export interface OpenSession {
  isAlive(): Promise<boolean>;
  close(): Promise<void>;
}

export interface CredentialSuite {
  readonly name: string;
  /** Called once per case. */
  readonly open: () => Promise<CredentialSystem>;
  /** How long the system may take until a change shows, in milliseconds; 0 when left out. */
  readonly propagation?: number;
}

/** One sentence that every credential port must make true. */
export interface CredentialCase {
  readonly name: string;
  /** Whether the sentence speaks of a port of this shape. Left out: of every port. */
  readonly concerns?: (port: CredentialPort) => boolean;
  readonly run: (stage: Stage) => Promise<void>;
}

/** What the comment of {@link CredentialPort} promises, one case each. A case throws when the promise is broken. */
export const credentialCases: readonly CredentialCase[] = [
  ...witnessingCases,
  ...mintedHereCases,
  ...mintedThereCases,
  ...retirementCases,
  ...withstandingCases,
];

/**
 * Runs one case on a system of its own. Around every case three more things are held: the neighbour's credential survives,
 * errors are of the closed set, and no secret or remote text is in anything that the port returned or threw.
 */
export async function runCredentialCase(
  { run }: CredentialCase,
  { open, propagation = 0 }: Omit<CredentialSuite, 'name'>,
): Promise<void> {
  await onStage(open, (system) => setStage(system, propagation), run);
}

/**
 * The conformance suite of the credential port, for node:test. Cases that do not concern a port of this shape are not run.
 *
 * @example
 * describeCredentialPort({ name: 'my-provider', open: async () => ({ port, account, neighbour, absent, close }) });
 */
export function describeCredentialPort(suite: CredentialSuite): void {
  describeCases(
    `${suite.name} keeps the promises of the credential port`,
    suite.open,
    credentialCases,
    ({ concerns }, { port }) => concerns?.(port) ?? true,
    (each) => runCredentialCase(each, suite),
  );
}

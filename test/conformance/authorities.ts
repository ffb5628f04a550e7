import type { AuthorityPort } from '../../src/contract/authorities.ts';
import type { Secret } from '../../src/contract/secret.ts';
import { enrollingCases } from './authorities/enrolling.ts';
import { revokingCases } from './authorities/revoking.ts';
import { setStage, type Stage } from './authorities/stage.ts';
import { withstandingCases } from './authorities/withstanding.ts';
import { describeCases, onStage } from './suite.ts';

/** One authority under test, with names that belong to this case alone. */
export interface AuthoritySystem {
  readonly port: AuthorityPort;
  /** What it may sign, all of them in one certificate. */
  readonly names: readonly string[];
  /** What it would never sign, though they are names; left out where it signs everything. */
  readonly refusedNames?: readonly string[];
  /** How long certificates are asked for; an hour when left out. */
  readonly lifetimeMs?: number;
  /** Secrets that the connection itself uses; they must not show either. */
  readonly secrets?: readonly Secret[];
  /** Words that the real system writes in its answers and that no sentence of ours would hold. */
  readonly remoteWords?: readonly string[];
  close(): Promise<void>;
}

export interface AuthoritySuite {
  readonly name: string;
  /** Called once per case. */
  readonly open: () => Promise<AuthoritySystem>;
  /** How long the authority may take until a revocation shows, in milliseconds; 0 when left out. */
  readonly propagation?: number;
}

/** One sentence that every authority port must make true. */
export interface AuthorityCase {
  readonly name: string;
  /** Whether the sentence speaks of a port of this shape, and of such a system. Left out: of every one. */
  readonly concerns?: (port: AuthorityPort, system: AuthoritySystem) => boolean;
  readonly run: (stage: Stage) => Promise<void>;
}

/** What the comment of {@link AuthorityPort} promises, one case each. A case throws when the promise is broken. */
export const authorityCases: readonly AuthorityCase[] = [...enrollingCases, ...revokingCases, ...withstandingCases];

/**
 * Runs one case on an authority of its own. Around every case three more things are held: the neighbour's certificate stays valid,
 * errors are of the closed set, and no secret, private key or remote text is in anything that the port returned or threw.
 */
export async function runAuthorityCase(
  { run }: AuthorityCase,
  { open, propagation = 0 }: Omit<AuthoritySuite, 'name'>,
): Promise<void> {
  await onStage(open, (system) => setStage(system, propagation), run);
}

/**
 * The conformance suite of the authority port, for node:test. Cases that do not concern a port of this shape are not run.
 *
 * @example
 * describeAuthorityPort({ name: 'my-authority', open: async () => ({ port, names: ['orders.example.com'], close }) });
 */
export function describeAuthorityPort(suite: AuthoritySuite): void {
  describeCases(
    `${suite.name} keeps the promises of the authority port`,
    suite.open,
    authorityCases,
    ({ concerns }, system) => concerns?.(system.port, system) ?? true,
    (each) => runAuthorityCase(each, suite),
  );
}

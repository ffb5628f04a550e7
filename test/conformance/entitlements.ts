import type { Secret } from '../../src/contract/secret.ts';
import type { EntitlementPort } from '../../src/contract/entitlements.ts';
import { grantingCases } from './entitlements/granting.ts';
import { removingCases } from './entitlements/removing.ts';
import { setStage, type Stage } from './entitlements/stage.ts';
import { withstandingCases } from './entitlements/withstanding.ts';
import { witnessingCases } from './entitlements/witnessing.ts';
import { describeCases, onStage } from './suite.ts';

/** One system under test, with accounts that belong to this case alone. */
export interface EntitlementSystem {
  readonly port: EntitlementPort;
  /** Exists, and holds nothing yet. */
  readonly account: string;
  /** The same, and another one: nothing may ever happen to it. */
  readonly neighbour: string;
  /** Does not exist. */
  readonly absent: string;
  /**
   * Gives the account the first, the second or the third thing that can be held here, without the port: things of different
   * kinds, where there are such. Each shows in `list` as one entitlement. Giving again what is held changes nothing.
   */
  give(account: string, nth: 1 | 2 | 3): Promise<void>;
  /** Whether the account can really do what `give` gave, tried as the account and without the port. */
  works(account: string, nth: 1 | 2 | 3): Promise<boolean>;
  /** Gives something that `remove` must refuse with `conflict`. Left out where there is no such thing. */
  giveByHand?(account: string): Promise<void>;
  /** Secrets that the connection itself uses; they must not show either. */
  readonly secrets?: readonly Secret[];
  /** Words that the real system writes in its answers and that no sentence of ours would hold. */
  readonly remoteWords?: readonly string[];
  close(): Promise<void>;
}

export interface EntitlementSuite {
  readonly name: string;
  /** Called once per case. */
  readonly open: () => Promise<EntitlementSystem>;
}

/** One sentence that every entitlement port must make true. */
export interface EntitlementCase {
  readonly name: string;
  /** Whether the sentence speaks of a system of this shape. Left out: of every one. */
  readonly concerns?: (system: EntitlementSystem) => boolean;
  readonly run: (stage: Stage) => Promise<void>;
}

/** What the comment of {@link EntitlementPort} promises, one case each. A case throws when the promise is broken. */
export const entitlementCases: readonly EntitlementCase[] = [
  ...witnessingCases,
  ...removingCases,
  ...grantingCases,
  ...withstandingCases,
];

/**
 * Runs one case on a system of its own. Around every case three more things are held: the neighbour keeps what it holds, errors
 * are of the closed set, and no secret or remote text is in anything that the port returned or threw.
 */
export async function runEntitlementCase(
  { run }: EntitlementCase,
  { open }: Pick<EntitlementSuite, 'open'>,
): Promise<void> {
  await onStage(open, setStage, run);
}

/**
 * The conformance suite of the entitlement port, for node:test. Cases that do not concern a system of this shape are not run.
 *
 * @example
 * describeEntitlementPort({ name: 'mine', open: async () => ({ port, account, neighbour, absent, give, works, close }) });
 */
export function describeEntitlementPort(suite: EntitlementSuite): void {
  describeCases(
    `${suite.name} keeps the promises of the entitlement port`,
    suite.open,
    entitlementCases,
    ({ concerns }, system) => concerns?.(system) ?? true,
    (each) => runEntitlementCase(each, suite),
  );
}

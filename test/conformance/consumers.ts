import type { MovedByMachine } from '../../src/contract/consumers.ts';
import type { Fingerprint } from '../../src/contract/references.ts';
import type { Secret } from '../../src/contract/secret.ts';
import { deliveringCases } from './consumers/delivering.ts';
import { setStage, type Stage } from './consumers/stage.ts';
import { witnessingCases } from './consumers/witnessing.ts';
import { withstandingCases } from './consumers/withstanding.ts';
import { describeCases, onStage } from './suite.ts';

/** One workload under test, with targets that belong to this case alone. */
export interface ConsumerSystem {
  readonly port: MovedByMachine;
  /** Can be delivered to, and holds no credential yet. */
  readonly target: string;
  /** The same, and another one: nothing may ever happen to it. */
  readonly neighbour: string;
  /** The fingerprint that the port was given in its world. */
  readonly fingerprint: (secret: Secret) => Fingerprint;
  /** The secret that rests at the target, as the workload would read it; `undefined` where there is none. */
  readonly secretAt: (target: string) => Promise<string | undefined>;
  /** How often what rests at the target was changed. Left out where the system does not count. */
  readonly changesAt?: (target: string) => Promise<number>;
  /**
   * The secret that the workload runs on. Left out where the port can only see what was delivered; then the cases that tell
   * the two apart do not concern it.
   */
  readonly runsOn?: (target: string) => Promise<string | undefined>;
  /** Puts another secret where the port delivered one, and leaves the rest as it is. Left out where nobody else can. */
  readonly tamper?: (target: string, secret: Secret) => Promise<void>;
  /** Characters that this system can't hold in a secret; it must refuse them. */
  readonly refusesSecret?: RegExp;
  /** A secret that nobody has yet, where this system takes no plain text: a key with its certificate, say. */
  readonly drawSecret?: () => Secret;
  /** Secrets that the connection itself uses; they must not show either. */
  readonly secrets?: readonly Secret[];
  /** Words that the real system writes in its answers and that no sentence of ours would hold. */
  readonly remoteWords?: readonly string[];
  close(): Promise<void>;
}

export interface ConsumerSuite {
  readonly name: string;
  /** Called once per case. */
  readonly open: () => Promise<ConsumerSystem>;
  /** How long the workload may take until it runs on what was applied, in milliseconds; 0 when left out. */
  readonly propagation?: number;
}

/** One sentence that every consumer port must make true that a machine moves. */
export interface ConsumerCase {
  readonly name: string;
  /** Whether the sentence speaks of a system of this shape. Left out: of every one. */
  readonly concerns?: (system: ConsumerSystem) => boolean;
  readonly run: (stage: Stage) => Promise<void>;
}

/** What the comment of {@link MovedByMachine} promises, one case each. A case throws when the promise is broken. */
export const consumerCases: readonly ConsumerCase[] = [...deliveringCases, ...witnessingCases, ...withstandingCases];

/**
 * Runs one case on a workload of its own. Around every case three more things are held: the neighbour keeps its credential,
 * errors are of the closed set, and no secret or remote text is in anything that the port returned or threw.
 */
export async function runConsumerCase(
  { run }: ConsumerCase,
  { open, propagation = 0 }: Omit<ConsumerSuite, 'name'>,
): Promise<void> {
  await onStage(open, (system) => setStage(system, propagation), run);
}

/**
 * The conformance suite of the consumer port, for node:test. Cases that do not concern a system of this shape are not run.
 *
 * @example
 * describeConsumerPort({ name: 'mine', open: async () => ({ port, target, neighbour, fingerprint, secretAt, close }) });
 */
export function describeConsumerPort(suite: ConsumerSuite): void {
  describeCases(
    `${suite.name} keeps the promises of the consumer port`,
    suite.open,
    consumerCases,
    ({ concerns }, system) => concerns?.(system) ?? true,
    (each) => runConsumerCase(each, suite),
  );
}

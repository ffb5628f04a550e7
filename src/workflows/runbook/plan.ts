import type { Minting } from '../../activities/credentials.ts';
import type { Check, Survey } from '../../activities/survey.ts';
import type { CredentialState } from '../../contract/credentials.ts';
import type { IdentityRecord, Waiver } from '../../contract/identity.ts';
import type { PlanSummary } from '../../contract/messages.ts';
import type { Credential } from '../../contract/references.ts';
import type { Verdict } from '../../contract/verdict.ts';
import { rotationCommands, strategyOf, type Strategy } from '../rules/plan.ts';
import { StepFailed } from './failure.ts';
import { planHash } from '../rules/plan-hash.ts';
import { now } from './journal.ts';
import type { Runbook } from './runbook.ts';

/** What a rotation is about: everything later steps need, read once before anything changes. */
export interface Rotation {
  readonly record: IdentityRecord;
  readonly survey: Survey;
  readonly strategy: Strategy;
  readonly old: Credential;
  /** The new credential of an operation that was interrupted: it is used instead of making one more. */
  readonly leftover: Credential | undefined;
  readonly summary: PlanSummary;
  /** What is known of each consumer on the new credential: the machine's verdict, or a person's waiver. */
  readonly consumers: Map<string, Verdict | Waiver>;
  readonly lost: Lost;
  /** False where an interrupted operation had ended the old one already: then nothing may be moved back to it. */
  oldWorks: boolean;
}

/** What existed before the first attempt to create, and how many attempts have ended without an answer. */
export interface Lost {
  before: readonly CredentialState[];
  answers: number;
  readonly since: string;
  /** When the last of them was known to be lost. */
  until: string;
}

/** Names one attempt at one new credential: the same names on every retry, so that it can be found again. */
export function mintingOf(operation: string, { record }: Rotation, generation: number): Minting {
  const { connection, account } = record.spec.credential;
  return { identity: record.spec.id, connection, account, operation: `${operation}/${generation}` };
}

/** Nothing has changed yet, so somebody who waits is told soon rather than after the patience declared for changes. */
const briefly = { takes: 15_000, retryFor: 30_000 } as const;

export async function planRotation(run: Runbook): Promise<Rotation> {
  const { record } = run;
  const survey = await run.step(
    { name: 'plan', object: run.identity },
    () => run.commands('read what exists and what the providers can do', briefly).surveyIdentity({ record }),
    ({ current, listed }) => `current is ${current.ref.id}; ${listed.length} exist`,
  );
  const commands = rotationCommands(record.spec, survey);
  const summary = {
    strategy: strategyOf(survey),
    commands,
    hash: planHash({
      operation: run.verb,
      identity: record.spec.id,
      from: survey.current.secret.fingerprint,
      commands,
    }),
  };
  run.note('plan', run.identity, commands.join('; '), { plan: summary.hash });
  for (const { ref, status } of survey.listed) if (status === 'live') run.live.add(ref.id);
  return {
    record,
    survey,
    summary,
    strategy: summary.strategy,
    old: survey.current,
    leftover: leftoverOf(record, survey),
    consumers: new Map(),
    oldWorks: true,
    lost: { before: survey.listed, answers: 0, since: now(), until: now() },
  };
}

/** Asks everything that could stop the run half-way, before it changes anything (F2). */
export async function preflight(run: Runbook, plan: Rotation): Promise<void> {
  run.board.enter('checking');
  await run.step(
    { name: 'preflight', object: run.identity },
    async () => insistOnAll(await checkAll(run, plan)),
    (checks) => `${checks.length} checks passed, nothing was changed`,
  );
}

async function checkAll(run: Runbook, { record, old, leftover }: Rotation): Promise<readonly Check[]> {
  const checks = await run
    .commands('check rights, the store, every consumer, and the current credential', {
      ...briefly,
      takes: 15_000 + 10_000 * record.spec.consumers.length,
    })
    .checkReadiness({ record, current: old, resuming: leftover !== undefined });
  for (const { what, verdict } of checks) {
    run.journal.write({
      step: 'preflight',
      command: 'check',
      object: what,
      verdict: verdict.is,
      because: verdict.because,
    });
  }
  return checks;
}

/** A `no` is for somebody to set right; an unanswered question is a system that can't be reached just now. */
function insistOnAll(checks: readonly Check[]): readonly Check[] {
  const failed = checks.filter(({ verdict }) => verdict.is !== 'yes');
  if (failed.length === 0) return checks;
  const code = failed.some(({ verdict }) => verdict.is === 'no') ? 'invalid_request' : 'unavailable';
  const words = failed.map(({ what, verdict }) => `not so that ${what}: ${verdict.is}, ${verdict.because}`);
  throw new StepFailed(code, words.join('; '));
}

/** What is current already is no leftover, or it would be retired in favour of itself. */
function leftoverOf({ interrupted }: IdentityRecord, { current }: Survey): Credential | undefined {
  const successor = interrupted?.successor;
  return successor?.secret.fingerprint === current.secret.fingerprint ? undefined : successor;
}

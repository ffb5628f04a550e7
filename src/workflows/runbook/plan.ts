import type { Minting } from '../../activities/minting.ts';
import type { Survey } from '../../activities/survey.ts';
import type { RevocationReason } from '../../contract/authorities.ts';
import type { CredentialState } from '../../contract/credentials.ts';
import type { IdentityRecord, Waiver } from '../../contract/identity.ts';
import type { PlanSummary } from '../../contract/messages.ts';
import type { Credential } from '../../contract/references.ts';
import type { Verdict } from '../../contract/verdict.ts';
import { reissueCommands, rotationCommands, strategyOf, type Strategy } from '../rules/plan.ts';
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
  readonly leftover: Credential | null;
  readonly summary: PlanSummary;
  /** What is known of each consumer on the new credential: the machine's verdict, or a person's waiver. */
  readonly consumers: Map<string, Verdict | Waiver>;
  readonly lost: Lost;
  /** Why the old one is revoked, for the lists of a certificate authority. */
  readonly revocation?: RevocationReason;
  /** False where the old one was dead already before this operation: then nothing may be moved back to it. */
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

/** One attempt at one new credential, by its name. */
export function mintingOf({ by }: Runbook, { record }: Rotation, operation: string): Minting {
  const { credential, certificate } = record.spec;
  const { connection, account } = credential;
  return { ...by, connection, account, operation, ...(certificate ? { certificate } : {}) };
}

/** Names an attempt: the same on every retry, so that what it made can be found again. */
export function mintingName(operation: string, generation: number): string {
  return `${operation}/${generation}`;
}

/** Nothing has changed yet, so somebody who waits is told soon rather than after the patience declared for changes. */
export const briefly = { takes: 15_000, retryFor: 30_000 } as const;

/** Reads what exists and what would be done. `leftover` is the credential to use in place of a new one, if there is one. */
export async function planRotation(
  run: Runbook,
  leftover: Credential | null = leftoverOf(run.record),
): Promise<Rotation> {
  const { record } = run;
  const survey = await run.step(
    { name: 'plan', object: run.identity },
    () => run.commands('read what exists and what the providers can do', briefly).surveyIdentity({ record }),
    ({ current, listed }) => `current is ${current.ref.id}; ${listed.length} exist`,
  );
  const { certificate } = record.spec;
  const commands = certificate
    ? reissueCommands(record.spec, certificate, survey)
    : rotationCommands(record.spec, survey);
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
  const live = survey.listed.filter(({ status }) => status === 'live');
  run.surveyed(
    survey.current,
    live.map(({ ref }) => ref.id),
  );
  return {
    record,
    survey,
    summary,
    strategy: summary.strategy,
    old: survey.current,
    leftover,
    consumers: new Map(),
    oldWorks: true,
    lost: { before: survey.listed, answers: 0, since: now(), until: now() },
  };
}

/** What is current already is no leftover, or it would be retired in favour of itself. */
function leftoverOf({ interrupted, current }: IdentityRecord): Credential | null {
  const successor = interrupted?.successor;
  return successor && successor.secret.fingerprint !== current?.secret.fingerprint ? successor : null;
}

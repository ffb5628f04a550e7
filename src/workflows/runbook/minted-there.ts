import type { Minting } from '../../activities/minting.ts';
import type { CredentialState } from '../../contract/credentials.ts';
import type { Credential } from '../../contract/references.ts';
import { judgeOrphans } from '../rules/orphans.ts';
import { beforeNext } from './commands.ts';
import { failureOf, Halt, type StepFailed } from './failure.ts';
import { now } from './journal.ts';
import type { Rotation } from './plan.ts';
import { lastUseOf } from './last-use.ts';
import { askAboutOrphans } from './questions.ts';
import type { Runbook } from './runbook.ts';
import { waitForSlot } from './slots.ts';
import type { Undo } from './steps.ts';

const mostAttempts = 5;

/**
 * Lets the provider make one credential. The provider has no idempotency token, so each attempt is made once, and a lost
 * answer leads to a look, never to a blind second try: was it sealed after all? Did an orphan appear?
 */
export async function createThere(run: Runbook, plan: Rotation, minting: Minting, undo: Undo): Promise<Credential> {
  const object = minting.account;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await run.step(
        { name: 'create', object, ...(attempt === 1 ? { undo } : {}) },
        () => run.commands(`create a credential for ${object} and seal it`, { once: true }).issueCredential(minting),
        ({ ref, secret }) => `created ${ref.id}, sealed as ${secret.fingerprint}`,
      );
    } catch (error) {
      if (error instanceof Halt || attempt === mostAttempts) throw error;
      const sealed = await settle(run, plan, minting, failureOf(error), attempt);
      if (sealed) return sealed;
    }
  }
}

async function settle(
  run: Runbook,
  plan: Rotation,
  minting: Minting,
  failure: StepFailed,
  attempt: number,
): Promise<Credential | null> {
  switch (failure.code) {
    case 'outcome_unknown': {
      plan.lost.answers += 1;
      plan.lost.until = now();
      const sealed = await run.commands('was the lost answer sealed after all').findSealed(minting);
      if (!sealed) await settleOrphans(run, plan, [], 'ask');
      return sealed;
    }
    case 'limit_reached':
      plan.lost.before = await waitForSlot(run, plan);
      return null;
    case 'throttled':
    case 'unavailable':
      await beforeNext(attempt);
      return null;
    default:
      throw failure;
  }
}

/**
 * Finds what lost answers left behind, and retires it if it is surely ours. In doubt nothing is deleted: a person is asked,
 * or, while undoing and at the end, what was found is named and left alone.
 */
export async function settleOrphans(
  run: Runbook,
  plan: Rotation,
  ours: readonly string[],
  inDoubt: 'ask' | 'leave',
): Promise<void> {
  const { lost, record } = plan;
  if (lost.answers === 0) return;
  const { connection, account } = record.spec.credential;
  const after = await run
    .commands(`look for what a lost answer left at ${connection}`)
    .listCredentials({ connection, account });
  const known = new Set([...lost.before.map(({ ref }) => ref.id), ...ours]);
  const appeared = after.filter(({ ref }) => !known.has(ref.id));
  const used = await usedAmong(run, plan, appeared);
  const ruling = judgeOrphans({
    before: lost.before,
    after: [...lost.before, ...appeared],
    lostAnswers: lost.answers,
    since: lost.since,
    until: lost.until,
    used,
  });
  run.note('orphans', account, ruling.message, { ids: ruling.ids.join(' ') });
  for (const { ref, status } of appeared) if (status === 'live') run.live.add(ref.id);
  if (ruling.do === 'ask' && inDoubt === 'ask' && !(await askAboutOrphans(run, appeared, ruling.message))) {
    throw new Halt('somebody must look at credentials that may be ours');
  }
  // Looking long after the attempt, a credential of unknown age may be anybody's.
  const dated = appeared.every(({ createdAt }) => createdAt !== 'unknown');
  if (ruling.do === 'retire' && (inDoubt === 'ask' || dated)) await retireAll(run, plan, appeared);
}

/** Where the system keeps record of uses, no answer is no proof that there were none. */
async function usedAmong(
  run: Runbook,
  { survey }: Rotation,
  appeared: readonly CredentialState[],
): Promise<readonly string[]> {
  if (!survey.tellsLastUse) return [];
  const used: string[] = [];
  for (const { ref } of appeared) if ((await lastUseOf(run, ref)).at !== 'never') used.push(ref.id);
  return used;
}

async function retireAll(run: Runbook, { lost }: Rotation, orphans: readonly CredentialState[]): Promise<void> {
  for (const { ref } of orphans) {
    await run.step(
      { name: 'retire orphan', object: ref.id },
      () =>
        run
          .commands(`retire ${ref.id}: its secret was lost with the answer`)
          .retireOrphan({ ...run.by, ref, operation: `${run.operation}/orphan` }),
      () => 'made by this operation, its secret lost with the answer, never used',
    );
    lost.answers -= 1;
    run.live.delete(ref.id);
  }
}

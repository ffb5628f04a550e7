import type { CredentialState } from '../../contract/credentials.ts';
import type { Credential } from '../../contract/references.ts';
import { judgeOrphans } from '../rules/orphans.ts';
import { failureOf, Halt, StepFailed } from './failure.ts';
import { backOff, type Minting } from './issue.ts';
import type { Rotation } from './plan.ts';
import { askAboutOrphans } from './questions.ts';
import type { Runbook } from './runbook.ts';
import { waitForSlot } from './slots.ts';

/** What existed before the first attempt, and how many attempts ended without an answer. */
export interface Lost {
  readonly before: readonly CredentialState[];
  readonly at: string;
  lost: number;
}

const mostAttempts = 5;

/**
 * Lets the provider make one credential. The provider has no idempotency token, so each attempt is made once, and a lost
 * answer leads to a look, never to a blind second try: was it sealed after all? Did an orphan appear?
 */
export async function createThere(run: Runbook, plan: Rotation, minting: Minting, since: Lost): Promise<Credential> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await run
        .commands(`create a credential for ${minting.account} and seal it`, { once: true })
        .issueCredential(minting);
    } catch (error) {
      const failure = failureOf(error);
      if (attempt === mostAttempts) throw failure;
      run.note('issue', minting.account, `attempt ${attempt}: ${failure.code}: ${failure.message}`);
      const sealed = await settle(run, plan, minting, since, failure, attempt);
      if (sealed) return sealed;
    }
  }
}

async function settle(
  run: Runbook,
  plan: Rotation,
  minting: Minting,
  since: Lost,
  failure: StepFailed,
  attempt: number,
): Promise<Credential | null> {
  switch (failure.code) {
    case 'outcome_unknown': {
      since.lost += 1;
      const sealed = await run.commands('was the lost answer sealed after all').findSealed(minting);
      if (!sealed) await settleOrphans(run, minting, since, 'ask');
      return sealed;
    }
    case 'limit_reached':
      await waitForSlot(run, plan);
      return null;
    case 'throttled':
    case 'unavailable':
      await backOff(attempt);
      return null;
    default:
      throw failure;
  }
}

/**
 * Finds what lost answers left behind, and retires it if it is surely ours. In doubt nothing is deleted: a person is asked,
 * or, while undoing, what was found is named and left alone.
 */
export async function settleOrphans(
  run: Runbook,
  minting: Minting,
  since: Lost,
  inDoubt: 'ask' | 'leave',
): Promise<void> {
  const { connection, account, operation } = minting;
  const after = await run
    .commands(`look for what a lost answer left at ${connection}`)
    .listCredentials({ connection, account });
  const known = new Set([...since.before.map(({ ref }) => ref.id), ...(await sealedId(run, minting))]);
  const appeared = after.filter(({ ref }) => !known.has(ref.id));
  const used: string[] = [];
  for (const { ref } of appeared) {
    const { at } = await run.commands(`when was ${ref.id} last used`).readLastUse({ ref });
    if (at !== 'never' && at !== 'unknown') used.push(ref.id);
  }
  const ruling = judgeOrphans({
    before: since.before,
    after: [...since.before, ...appeared],
    lostAnswers: since.lost,
    since: since.at,
    used,
  });
  run.note('orphans', account, ruling.message, { ids: ruling.ids.join(' ') });
  if (ruling.do === 'ask' && inDoubt === 'ask' && !(await askAboutOrphans(run, appeared, ruling.message))) {
    throw new Halt('somebody must look at credentials that may be ours');
  }
  if (ruling.do !== 'retire') return;
  for (const { ref } of appeared) {
    await run
      .commands(`retire ${ref.id}: its secret was lost with the answer`)
      .retireOrphan({ ref, operation: `${operation}/orphan` });
    run.note('orphans', ref.id, 'retired: made by this operation, its secret lost with the answer, never used');
  }
  since.lost -= appeared.length;
}

async function sealedId(run: Runbook, minting: Minting): Promise<string[]> {
  const sealed = await run.commands('which credential is sealed for this operation').findSealed(minting);
  return sealed ? [sealed.ref.id] : [];
}

import type { Activities } from '../../activities/index.ts';
import type { Minting } from '../../activities/minting.ts';
import type { Credential } from '../../contract/references.ts';
import type { Verdict } from '../../contract/verdict.ts';
import { beforeNext } from './commands.ts';
import { failureOf, Halt, StepFailed } from './failure.ts';
import { createThere, settleOrphans } from './minted-there.ts';
import { mintingName, mintingOf, type Rotation } from './plan.ts';
import { confirmInterruption } from './questions.ts';
import type { Runbook } from './runbook.ts';
import { waitForSlot } from './slots.ts';

/** How many candidates one operation makes at most. */
export const mostCandidates = 3;

/**
 * Gets one new credential that is proven to work, sealed before anybody needs it (I2). A candidate that stays refused is
 * taken back and replaced by a fresh one, a few times, rather than tried for ever (F3).
 */
export async function issueProven(run: Runbook, plan: Rotation): Promise<Credential> {
  run.board.enter('issuing');
  if (plan.leftover) {
    run.live.add(plan.leftover.ref.id);
    return plan.leftover;
  }
  plan.lost.before = await waitForSlot(run, plan, plan.survey.listed);
  for (let generation = 1; ; generation += 1) {
    const minting = mintingOf(run, plan, mintingName(run.operation, generation));
    const fresh =
      plan.survey.mint === 'home' ? await mintHere(run, plan, minting) : await mintThere(run, plan, minting);
    if (!fresh) {
      if (generation === mostCandidates)
        throw new StepFailed('outcome_unknown', `the answer was lost for ${mostCandidates} keys, one after the other`);
      run.note(
        'issue',
        minting.account,
        'a certificate may exist for this key: the key is destroyed, another one drawn',
      );
      await takeBack(run, plan, minting);
      continue;
    }
    run.live.add(fresh.ref.id);
    const verdict = await prove(run, plan, fresh);
    if (verdict.is === 'yes') return fresh;
    if (generation === mostCandidates)
      throw new StepFailed('conflict', `${mostCandidates} candidates were not accepted; the last: ${verdict.because}`);
    run.note('issue', fresh.ref.id, `not accepted (${verdict.because}), so it is taken back and another one is made`);
    await takeBack(run, plan, minting);
    if (fresh.ref.id !== plan.old.ref.id) run.live.delete(fresh.ref.id);
  }
}

/** Undefined where it was made perhaps, and can't be found. */
async function mintHere(run: Runbook, plan: Rotation, minting: Minting): Promise<Credential | undefined> {
  const object = minting.account;
  const secret = await run.step(
    { name: 'seal', object, undo: { name: 'take back', object, act: () => takeBack(run, plan, minting) } },
    () => run.commands(`draw a secret for ${object} and seal it in the store`).sealSecret(minting),
    ({ fingerprint }) => `sealed as ${fingerprint}`,
  );
  if (plan.strategy === 'in-place') await confirmInterruption(run, plan, secret);
  if (plan.survey.forgets) return signOnce(run, { ...minting, secret, replacing: plan.old.ref });
  return run.step(
    { name: 'install', object },
    () =>
      run
        .commands(`install the sealed secret for ${object}`, minting.certificate ? { takes: longestOrder } : {})
        .installCredential({ ...minting, secret, replacing: plan.old.ref }),
    ({ ref }) => `installed as ${ref.id}`,
  );
}

/** An authority may wait for a challenge to be seen all over the world. */
const longestOrder = 900_000;

/**
 * Has a key signed for where the authority can't be asked what it has signed. While nothing was handed in the same key is tried
 * again; once the answer is lost there may be a certificate for it that nobody could ever revoke, and it is undefined.
 */
async function signOnce(run: Runbook, input: Installing): Promise<Credential | undefined> {
  const step = { name: 'install', object: input.account };
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await run.step(
        step,
        () =>
          run
            .commands(`have the key of ${input.account} signed for`, { once: true, takes: longestOrder })
            .installCredential(input),
        ({ ref }) => `signed as ${ref.id}`,
      );
    } catch (error) {
      if (error instanceof Halt) throw error;
      const failure = failureOf(error);
      if (failure.code === 'outcome_unknown') return undefined;
      if ((failure.code !== 'unavailable' && failure.code !== 'throttled') || attempt === mostOrders) throw failure;
      await beforeNext(attempt);
    }
  }
}

const mostOrders = 10;

type Installing = Parameters<Activities['installCredential']>[0];

async function mintThere(run: Runbook, plan: Rotation, minting: Minting): Promise<Credential> {
  const act = async () => {
    await takeBack(run, plan, minting);
    await settleOrphans(run, plan, [], 'leave');
  };
  return createThere(run, plan, minting, { name: 'take back', object: minting.account, act });
}

/** N successes in a row within the propagation time, and a known-bad control refused: F9, F25. */
export async function prove(run: Runbook, { record }: Rotation, credential: Credential): Promise<Verdict> {
  const { within, successes } = record.spec.credential.propagation;
  return run.step(
    { name: 'prove', object: credential.ref.id },
    () =>
      run
        .commands(`prove that ${credential.ref.id} works`, { takes: within + 30_000 })
        .proveCredential({ credential, within, successes }),
    ({ is, because }) => `${is}: ${because}`,
  );
}

/** Looks, and undoes one attempt; what was never made is done. */
export async function takeBack(run: Runbook, { old }: Rotation, minting: Minting): Promise<void> {
  const taken = await run
    .commands(`take back what ${minting.operation} may have made`)
    .retractCredential({ ...minting, survivor: old });
  if (taken && taken !== old.ref.id) run.live.delete(taken);
}

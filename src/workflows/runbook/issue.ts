import type { Minting } from '../../activities/credentials.ts';
import type { Credential } from '../../contract/references.ts';
import type { Verdict } from '../../contract/verdict.ts';
import { StepFailed } from './failure.ts';
import { createThere, settleOrphans } from './minted-there.ts';
import { mintingOf, planRotation, type Rotation } from './plan.ts';
import { confirmInterruption } from './questions.ts';
import type { Runbook } from './runbook.ts';
import { waitForSlot } from './slots.ts';

const mostCandidates = 3;

/**
 * Gets one new credential that is proven to work, sealed before anybody needs it (I2). A candidate that stays refused is
 * taken back and replaced by a fresh one, a few times, rather than tried for ever (F3).
 */
export async function issueProven(run: Runbook, plan: Rotation): Promise<Credential> {
  run.board.enter('issuing');
  const adopted = plan.leftover && (await adoptLeftover(run, plan, plan.leftover));
  if (adopted) return adopted;
  plan.lost.before = await waitForSlot(run, plan);
  for (let generation = 1; ; generation += 1) {
    const minting = mintingOf(run.operation, plan, generation);
    const fresh =
      plan.survey.mint === 'home' ? await mintHere(run, plan, minting) : await mintThere(run, plan, minting);
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

async function mintHere(run: Runbook, plan: Rotation, minting: Minting): Promise<Credential> {
  const object = minting.account;
  const secret = await run.step(
    { name: 'seal', object, undo: { name: 'take back', object, act: () => takeBack(run, plan, minting) } },
    () => run.commands(`draw a secret for ${object} and seal it in the store`).sealSecret(minting),
    ({ fingerprint }) => `sealed as ${fingerprint}`,
  );
  if (plan.strategy === 'in-place') await confirmInterruption(run, plan, secret);
  return run.step(
    { name: 'install', object },
    () =>
      run
        .commands(`install the sealed secret for ${object}`)
        .installCredential({ ...minting, secret, replacing: plan.old.ref }),
    ({ ref }) => `installed as ${ref.id}`,
  );
}

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

async function takeBack(run: Runbook, { old }: Rotation, minting: Minting): Promise<void> {
  const taken = await run
    .commands(`take back what ${minting.operation} may have made`)
    .retractCredential({ ...minting, survivor: old });
  if (taken && taken !== old.ref.id) run.live.delete(taken);
}

/**
 * An operation that ended without its own word had consumers on their way to this one: going on is the safe direction while it
 * works. When it does not and the old one does, that operation was on its way back, and a new one is made.
 */
async function adoptLeftover(run: Runbook, plan: Rotation, leftover: Credential): Promise<Credential | undefined> {
  const { old, record } = plan;
  const [good, bad] = [await prove(run, plan, leftover), await prove(run, plan, old)];
  if (good.is === 'yes') {
    run.note(
      'issue',
      leftover.ref.id,
      `made by an operation that was interrupted (${record.interrupted?.operation}): it is used`,
    );
    run.live.add(leftover.ref.id);
    // In the one slot that there is the old secret can always be put back.
    plan.oldWorks = bad.is === 'yes' || plan.strategy === 'in-place';
    return leftover;
  }
  if (bad.is === 'yes') return undefined;
  throw new StepFailed(
    'conflict',
    `neither ${old.ref.id} nor ${leftover.ref.id}, left by an interrupted operation, was seen to work`,
  );
}

/**
 * Takes back what an operation left that ended without its own word and had not told of a new credential yet: whatever it made
 * is known by its operation ids alone. What exists has changed then, so it is planned anew.
 */
export async function settleInterrupted(run: Runbook, plan: Rotation): Promise<Rotation> {
  const { interrupted } = plan.record;
  if (!interrupted || plan.leftover) return plan;
  for (const operation of [interrupted.operation, ...(interrupted.earlier ?? [])]) {
    for (let generation = 1; generation <= mostCandidates; generation += 1) {
      const minting = mintingOf(operation, plan, generation);
      await run.step({ name: 'settle', object: minting.operation }, () => takeBack(run, plan, minting));
    }
  }
  return planRotation(run);
}

import type { Credential } from '../../contract/references.ts';
import type { Verdict } from '../../contract/verdict.ts';
import { words } from '../../contract/duration-words.ts';
import { mayRetire } from '../rules/retirement.ts';
import { verifyConsumers } from './consumers.ts';
import { Halt, StepFailed } from './failure.ts';
import type { Rotation } from './plan.ts';
import { describeLastUse, lastUseOf } from './last-use.ts';
import { confirmRetirement } from './questions.ts';
import type { Runbook } from './runbook.ts';

/** Lets old and new live side by side, so that caches run out, before anybody is asked. */
export async function stayQuiet(run: Runbook, { record, old }: Rotation): Promise<void> {
  const { quiet } = record.spec;
  await run.step(
    { name: 'quiet', object: old.ref.id },
    () => run.orders.wait(quiet, `${words(quiet)} of quiet on ${old.ref.id}`),
    () => `${words(quiet)} passed`,
  );
}

/**
 * Asks until somebody decides. A gate that expires revokes nothing: the evidence is too old to act on, so consumers are
 * seen again and the question is asked anew. After a yes everything is seen once more, since the answer may come days later.
 */
export async function confirmToRetire(run: Runbook, plan: Rotation, fresh: Credential): Promise<void> {
  for (let round = 0; ; round += 1) {
    const lastUse = await run.step(
      { name: 'last use', object: plan.old.ref.id },
      () => lastUseOf(run, plan.old.ref),
      describeLastUse,
    );
    const { state, id, approvals } = await confirmRetirement(run, plan, fresh, lastUse, round);
    if (state === 'rejected' || state === 'void') throw new Halt(`gate ${id} was ${state}`);
    const before = waived(plan);
    await verifyConsumers(run, plan, fresh, ['retry', 'waive', 'roll-back']);
    // A waiver that came after the approval changes what was approved, so it is asked anew.
    if (state === 'approved' && waived(plan) === before)
      return run.note('gate', id, `approved by ${approvals.map(({ by }) => by).join(' and ')}`);
  }
}

/** Disables, observes, revokes and ends sessions. Forward only, except that an operator can still choose the way back before the revocation. */
export async function retire(run: Runbook, plan: Rotation, fresh: Credential): Promise<void> {
  const ruling = mayRetire(
    plan.record.spec.consumers.map(({ id }) => id),
    plan.consumers,
  );
  if (!ruling.may) throw new StepFailed('conflict', ruling.message);
  run.board.enter('retiring');
  run.wayBack.forwardOnly();
  if (plan.survey.suspends) await disableAndObserve(run, plan, fresh);
  await revoke(run, plan, fresh);
}

async function disableAndObserve(run: Runbook, plan: Rotation, fresh: Credential): Promise<void> {
  const { old, record } = plan;
  const object = old.ref.id;
  const operation = `${run.operation}/disable`;
  const enable = {
    name: 'enable',
    object,
    act: () =>
      run
        .commands(`enable ${object} again`)
        .enableCredential({ ...run.by, ref: old.ref, operation: `${run.operation}/enable` }),
  };
  await run.insist({ name: 'disable', object }, ['retry', 'roll-back'], () =>
    run.step({ name: 'disable', object, undo: enable }, () =>
      run.commands(`disable ${object}`).disableCredential({ ...run.by, victim: old, survivor: fresh, operation }),
    ),
  );
  run.live.delete(object);
  await run.step({ name: 'observe', object }, () =>
    run.orders.wait(record.spec.observe, `${words(record.spec.observe)} with ${object} disabled`),
  );
  await verifyConsumers(run, plan, fresh, ['retry', 'waive', 'roll-back']);
}

async function revoke(run: Runbook, { old, survey, revocation }: Rotation, fresh: Credential): Promise<void> {
  const object = old.ref.id;
  run.wayBack.close();
  await run.insist({ name: 'revoke', object }, ['retry', 'waive'], () =>
    run.step({ name: 'revoke', object }, () =>
      run.commands(`revoke ${object}`).revokeCredential({
        ...run.by,
        victim: old,
        survivor: fresh,
        operation: `${run.operation}/revoke`,
        ...(revocation ? { reason: revocation } : {}),
      }),
    ),
  );
  run.live.delete(object);
  if (!survey.endsSessions) return;
  await run.insist({ name: 'end sessions', object }, ['retry', 'waive'], () =>
    run.step({ name: 'end sessions', object }, () =>
      run
        .commands(`end the sessions of ${object}`)
        .endSessions({ ...run.by, ref: old.ref, operation: `${run.operation}/sessions` }),
    ),
  );
}

/** Tries the old secret at the real system until it is refused, with the new one as the control (I10, F25). */
export async function proveOldRefused(run: Runbook, plan: Rotation, fresh: Credential): Promise<Verdict | undefined> {
  const { old, record } = plan;
  const { within } = record.spec.credential.propagation;
  const object = old.ref.id;
  const refused = await run.insist({ name: 'prove refused', object }, ['retry', 'waive'], () =>
    run.step(
      { name: 'prove refused', object },
      async () => {
        const verdict = await run
          .commands(`is the old secret of ${object} refused`, { takes: within + 30_000 })
          .proveRefused({ old, fresh, within, successes: 2 });
        if (verdict.is !== 'yes')
          throw new StepFailed('conflict', `ACCESS STILL LIVE or not known: ${verdict.is}, ${verdict.because}`);
        return verdict;
      },
      ({ because }) => because,
    ),
  );
  return 'done' in refused ? refused.done : undefined;
}

function waived({ consumers }: Rotation): number {
  return [...consumers.values()].filter((proof) => !('is' in proof)).length;
}

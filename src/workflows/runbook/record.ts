import type { OperationOutcome } from '../../contract/messages.ts';
import type { Credential } from '../../contract/references.ts';
import type { Verdict } from '../../contract/verdict.ts';
import { settleOrphans } from './minted-there.ts';
import type { Rotation } from './plan.ts';
import type { Runbook } from './runbook.ts';

/**
 * Destroys the dead secret if it was ours, counts what exists, and says how it ended. What exists and is not ours is named
 * and left alone (I5).
 */
export async function recordRotation(
  run: Runbook,
  plan: Rotation,
  fresh: Credential,
  refused: Verdict | undefined,
): Promise<OperationOutcome> {
  const { old, summary } = plan;
  if (refused) await destroyOld(run, plan, fresh);
  const isListed = !plan.record.spec.certificate;
  const found = isListed ? await accountForAll(run, plan, fresh) : mayCount(plan, refused);
  if (found.length > 0) run.note('found', run.identity, `exist beside the new one: ${found.join(', ')}`);
  return {
    result: 'completed',
    because:
      isListed && found.includes(old.ref.id)
        ? `${old.ref.id} was NOT revoked: a named person waived that, and it still exists`
        : refused
          ? `${old.ref.id} is refused: ${refused.because}`
          : `${old.ref.id} was not shown to be refused: a named person waived that`,
    plan: summary,
    from: old.secret.fingerprint,
    to: fresh.secret.fingerprint,
    found,
  };
}

/** Nobody can list the certificates that there are: what the authority says of the old one is all that is known. */
function mayCount({ old }: Rotation, refused: Verdict | undefined): readonly string[] {
  return refused ? [] : [old.ref.id];
}

/** The rotation is done by now: what fails here is for a person to look at, and undoes nothing. */
async function destroyOld(run: Runbook, { old }: Rotation, fresh: Credential): Promise<void> {
  const step = { name: 'destroy', object: 'the old secret' };
  await run.insist(step, ['retry', 'waive'], () =>
    run.step(
      step,
      () =>
        run
          .commands('destroy the old secret in the store')
          .destroySecret({ ...run.by, dead: old.secret, successor: fresh, operation: `${run.operation}/destroy` }),
      (ours) => (ours ? 'destroyed' : 'left where it is: Keyturn did not put it there'),
    ),
  );
}

async function accountForAll(run: Runbook, plan: Rotation, fresh: Credential): Promise<readonly string[]> {
  const { connection, account } = plan.record.spec.credential;
  const step = { name: 'account', object: account };
  const counted = await run.insist(step, ['retry', 'waive'], async () => {
    await settleOrphans(run, plan, [fresh.ref.id], 'leave');
    return run.step(
      step,
      () => run.commands(`count what exists for ${account}`).listCredentials({ connection, account }),
      (all) => `${all.length} exist`,
    );
  });
  const listed = 'done' in counted ? counted.done : [];
  return listed.map(({ ref }) => ref.id).filter((id) => id !== fresh.ref.id);
}

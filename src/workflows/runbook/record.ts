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
  const { old, record, summary } = plan;
  const { connection, account } = record.spec.credential;
  if (refused) {
    await run.step(
      { name: 'destroy', object: 'the old secret' },
      () =>
        run
          .commands('destroy the old secret in the store')
          .destroySecret({ secret: old.secret, operation: `${run.operation}/destroy` }),
      (ours) => (ours ? 'destroyed' : 'left where it is: Keyturn did not put it there'),
    );
  }
  await settleOrphans(run, plan, [fresh.ref.id], 'leave');
  const listed = await run.step(
    { name: 'account', object: account },
    () => run.commands(`count what exists for ${account}`).listCredentials({ connection, account }),
    (all) => `${all.length} exist`,
  );
  const found = listed.map(({ ref }) => ref.id).filter((id) => id !== fresh.ref.id && id !== old.ref.id);
  if (found.length > 0) run.note('found', account, `exist and were not made by Keyturn: ${found.join(', ')}`);
  return {
    result: 'completed',
    because: refused
      ? `${old.ref.id} is refused: ${refused.because}`
      : `${old.ref.id} was revoked; that it is refused was waived, not proven`,
    plan: summary,
    from: old.secret.fingerprint,
    to: fresh.secret.fingerprint,
    found,
  };
}

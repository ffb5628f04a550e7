import type { CredentialState } from '../../contract/credentials.ts';
import { judgeSlots } from '../rules/slots.ts';
import { Halt } from './failure.ts';
import type { Rotation } from './plan.ts';
import { describeLastUse, lastUseOf } from './last-use.ts';
import type { Runbook } from './runbook.ts';

/**
 * Goes on once there is room for one more credential, and returns what exists then. Room is made by people, outside: nothing is
 * deleted for it (F10). `known` is what exists as far as has been seen; without it the provider is asked.
 */
export async function waitForSlot(
  run: Runbook,
  { record, survey, old, lost }: Rotation,
  known?: readonly CredentialState[],
): Promise<readonly CredentialState[]> {
  const { connection, account } = record.spec.credential;
  const look = () => run.commands(`list the credentials of ${account}`).listCredentials({ connection, account });
  let listed = known ?? (await look());
  for (;;) {
    const ruling = judgeSlots(listed, old.ref.id, survey.maxLive);
    run.note('slots', account, ruling.message);
    if (ruling.free) return listed;
    const evidence: string[] = [];
    for (const { ref, status, createdAt } of listed) {
      const lastUse = await lastUseOf(run, ref);
      evidence.push(
        `${ref.id}: ${whose(ref.id, old.ref.id, lost)}, ${status}, created ${createdAt}, ${describeLastUse(lastUse)}`,
      );
    }
    const { state, id } = await run.gate({
      id: 'slot',
      question: `${ruling.message}. Owner: ${record.spec.owner}. Free one at ${connection} yourself, then approve to look again.`,
      commands: [`list the credentials of ${account} again; delete nothing`],
      evidence,
      spec: record.spec.gates.intervention,
      harmless: true,
    });
    if (state !== 'approved') throw new Halt(`no free slot for ${account}: gate ${id} was ${state}`);
    listed = await look();
  }
}

/** What appeared together with a lost answer is likely the work of this operation, though it can't show that. */
function whose(id: string, current: string, { answers, before }: Rotation['lost']): string {
  if (id === current) return 'the current one';
  const appeared = answers > 0 && before.every(({ ref }) => ref.id !== id);
  return appeared ? 'appeared when an answer was lost, so it may be ours' : 'not made by Keyturn';
}

import type { CredentialState } from '../../contract/credentials.ts';
import { judgeSlots } from '../rules/slots.ts';
import { Halt } from './failure.ts';
import type { Rotation } from './plan.ts';
import { describeLastUse, lastUseOf } from './last-use.ts';
import type { Runbook } from './runbook.ts';

/** Goes on once there is room for one more credential, and returns what exists then. Room is made by people, outside: nothing is deleted for it (F10). */
export async function waitForSlot(
  run: Runbook,
  { record, survey, old }: Rotation,
): Promise<readonly CredentialState[]> {
  const { connection, account } = record.spec.credential;
  let { listed } = survey;
  for (;;) {
    const ruling = judgeSlots(listed, old.ref.id, survey.maxLive);
    run.note('slots', account, ruling.message);
    if (ruling.free) return listed;
    const evidence: string[] = [];
    for (const { ref, status, createdAt } of listed) {
      const lastUse = await lastUseOf(run, ref);
      const whose = ref.id === old.ref.id ? 'the current one' : 'not made by Keyturn';
      evidence.push(`${ref.id}: ${whose}, ${status}, created ${createdAt}, ${describeLastUse(lastUse)}`);
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
    listed = await run.commands(`list the credentials of ${account}`).listCredentials({ connection, account });
  }
}

import type { CertificateSpec } from '../../contract/identity.ts';
import type { Credential } from '../../contract/references.ts';
import { Halt } from './failure.ts';
import type { Rotation } from './plan.ts';
import { confirmDeployment, confirmValidation } from './questions.ts';
import type { Runbook } from './runbook.ts';

type Pause = CertificateSpec['pauses'][number];

/** Whether the manifest lets a person decide before this part of a reissue. */
export function pausesBefore({ record }: Rotation, part: Pause): boolean {
  return record.spec.certificate?.pauses.includes(part) ?? true;
}

/** Asks, where the manifest says so. Anything but a yes in time goes back to the start: nothing is lost by that yet. */
export async function pauseBefore(
  run: Runbook,
  plan: Rotation,
  fresh: Credential,
  part: Exclude<Pause, 'revoke'>,
): Promise<void> {
  if (!pausesBefore(plan, part)) return;
  const { state, id } = await (part === 'deploy' ? confirmDeployment : confirmValidation)(run, plan, fresh);
  if (state !== 'approved') throw new Halt(`gate ${id} was ${state}`);
}

import type { CredentialState, LastUse } from '../../contract/credentials.ts';
import type { Credential, StoredSecret } from '../../contract/references.ts';
import { everRarer } from '../rules/ever-rarer.ts';
import { retirementAfterApproval } from '../rules/plan.ts';
import { Halt } from './failure.ts';
import { describeLastUse, describeState } from './last-use.ts';
import type { Decided } from './gate.ts';
import { waivedBy } from './interventions.ts';
import type { Rotation } from './plan.ts';
import type { Runbook } from './runbook.ts';

/** In-place has one slot and no way without an interruption: a person agrees to it before the change. */
export async function confirmInterruption(
  run: Runbook,
  { record, old }: Rotation,
  sealed: StoredSecret,
): Promise<void> {
  const { account, connection } = record.spec.credential;
  const { state, id } = await run.gate({
    id: 'interruption',
    question: `${account} at ${connection} has one slot: from the change until each consumer has reloaded, its logins fail. Begin?`,
    commands: [
      `install the new secret for ${account}, which ends the old one`,
      ...record.spec.consumers.map((each) => `move consumer ${each.id}`),
    ],
    evidence: [
      `the current secret ${old.secret.fingerprint} works`,
      `the new secret ${sealed.fingerprint} is sealed in the store`,
    ],
    spec: record.spec.gates.retirement,
  });
  if (state !== 'approved') throw new Halt(`gate ${id} was ${state}: nothing was changed`);
}

/** The credential that would be replaced is dead: nothing is lost by replacing it, and there is no way back to it. */
export async function confirmRecovery(
  run: Runbook,
  { record, old, summary }: Rotation,
  evidence: readonly string[],
): Promise<void> {
  const { state, id } = await run.gate({
    id: 'recovery',
    question: `${old.ref.id} of ${record.spec.id} is refused already. Replace it all the same, with no way back to it?`,
    commands: summary.commands,
    evidence,
    spec: record.spec.gates.retirement,
  });
  if (state !== 'approved') throw new Halt(`gate ${id} was ${state}: nothing was changed`);
}

/** After so many rounds without an answer each lasts twice as long. */
const roundsBeforeDoubling = 10;

/** Shows what was seen and asks for the one step that can't be taken back. `expired` means: look again and ask anew. */
export async function confirmRetirement(
  run: Runbook,
  plan: Rotation,
  fresh: Credential,
  lastUse: LastUse,
  round: number,
): Promise<Decided> {
  const { record, old, survey } = plan;
  const { retirement } = record.spec.gates;
  return run.gate({
    id: 'retirement',
    question: `Retire ${old.ref.id} of ${record.spec.id}? Every consumer was moved to ${fresh.ref.id}.`,
    commands: retirementAfterApproval(record.spec, survey, old.ref.id),
    evidence: [
      ...record.spec.consumers.map(({ id }) => `consumer ${id}: ${describeProof(plan, id)}`),
      `old ${describeCredential(old)}: ${describeLastUse(lastUse)}`,
      `new ${describeCredential(fresh)}: proven`,
    ],
    spec: { ...retirement, expires: everRarer(retirement.expires, round, roundsBeforeDoubling) },
  });
}

/** A new certificate is signed and proven, and no endpoint serves it yet. */
export async function confirmDeployment(run: Runbook, plan: Rotation, fresh: Credential): Promise<Decided> {
  const { record, old } = plan;
  return run.gate({
    id: 'deployment',
    question: `Deploy ${fresh.ref.id} of ${record.spec.id} in place of ${old.ref.id}?`,
    commands: record.spec.consumers.map(({ id }) => `deploy to ${id}`),
    evidence: describeCertificates(plan, fresh),
    spec: record.spec.gates.retirement,
  });
}

/** Every endpoint has it, and each was seen to serve it once. A person may look as well. */
export async function confirmValidation(run: Runbook, plan: Rotation, fresh: Credential): Promise<Decided> {
  const { record } = plan;
  return run.gate({
    id: 'validation',
    question: `Every endpoint of ${record.spec.id} was moved to ${fresh.ref.id}. Validate them all, and go on?`,
    commands: record.spec.consumers.map(({ id }) => `validate ${id}`),
    evidence: [
      ...record.spec.consumers.map(({ id }) => `consumer ${id}: ${describeProof(plan, id)}`),
      ...describeCertificates(plan, fresh),
    ],
    spec: record.spec.gates.retirement,
  });
}

function describeCertificates({ record, old }: Rotation, fresh: Credential): readonly string[] {
  const names = record.spec.certificate?.names.join(', ') ?? '';
  return [`old ${describeCredential(old)}`, `new ${describeCredential(fresh)}, for ${names}`];
}

function describeCredential({ ref, secret, certificate }: Credential): string {
  const until = certificate ? `, valid until ${certificate.notAfter}` : '';
  return `${ref.id} (${secret.fingerprint})${until}`;
}

/** True when a person says: leave them alone and go on. Nothing is deleted on the strength of this. */
export async function askAboutOrphans(
  run: Runbook,
  appeared: readonly CredentialState[],
  because: string,
): Promise<boolean> {
  const { state } = await run.gate({
    id: 'orphans',
    question: `Credentials appeared that may be ours (${because}). Look at them; approve to leave them alone and go on.`,
    commands: ['leave them alone, name them in the record, go on'],
    evidence: appeared.map(describeState),
    spec: run.record.spec.gates.intervention,
    harmless: true,
  });
  return state === 'approved';
}

/** A person moves this consumer, outside, and says so under their name. */
export async function askPersonToMove(
  run: Runbook,
  consumer: string,
  instructions: string,
  fresh: Credential,
): Promise<Decided> {
  return run.gate({
    id: `moved-${consumer}`,
    question: `Move consumer ${consumer} to ${fresh.ref.id}, see it work, then approve. ${instructions}`,
    commands: [`count consumer ${consumer} as moved, on the word of who approves`],
    evidence: [
      `the secret rests in the store at ${fresh.secret.ref.path}, version ${fresh.secret.ref.version}`,
      `its fingerprint is ${fresh.secret.fingerprint}`,
    ],
    spec: run.record.spec.gates.intervention,
    harmless: true,
  });
}

function describeProof({ consumers }: Rotation, id: string): string {
  const proof = consumers.get(id);
  if (!proof) return 'not moved';
  return 'is' in proof ? `${proof.is}, ${proof.because}` : `NOT VERIFIED, ${waivedBy(proof)}`;
}

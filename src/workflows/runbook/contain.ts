import { workflowInfo } from '@temporalio/workflow';
import type { ActivityInterfaceFor } from '@temporalio/workflow';
import type { Activities } from '../../activities/index.ts';
import type { Credential, CredentialRef } from '../../contract/references.ts';
import { StepFailed } from './failure.ts';
import { letEnd } from './interrupted.ts';
import type { Runbook } from './runbook.ts';
import { ofCertificate, soughtBy, urgently, type Exposed } from './snapshot.ts';

/** Stops all at once, whatever depends on them. Where the system can't suspend, their revocation is their stop. */
export async function disableAll(run: Runbook, exposed: Exposed): Promise<void> {
  if (exposed.exposure.suspends) await disable(run, exposed, exposed.refs);
  else await revoke(run, exposed, exposed.refs);
  exposed.times.disabled = secondsSinceStart();
}

/** Ends what was opened with them before they were stopped. */
export async function endAllSessions(run: Runbook, exposed: Exposed): Promise<void> {
  if (exposed.exposure.endsSessions) await endSessions(run, exposed, exposed.refs);
}

export async function revokeAll(run: Runbook, exposed: Exposed): Promise<void> {
  if (exposed.exposure.suspends) await revoke(run, exposed, exposed.refs);
  exposed.times.revoked = secondsSinceStart();
}

/**
 * What another operation had under way when it lost the identity may have arrived since. It is looked for until a look finds
 * nothing, and ended like all else. Returns how many there were.
 */
export async function sweepLate(run: Runbook, exposed: Exposed): Promise<number> {
  if (run.record.interrupted) await letEnd(run, run.record.interrupted);
  for (let ended = 0; ;) {
    const late = (await lookAgain(run)).filter(({ id }) => !exposed.waived.has(id));
    if (late.length === 0) return ended;
    ended += late.length;
    for (const ref of late) if (!exposed.refs.some(({ id }) => id === ref.id)) exposed.refs.push(ref);
    if (exposed.exposure.suspends) await disable(run, exposed, late);
    if (exposed.exposure.endsSessions) await endSessions(run, exposed, late);
    await revoke(run, exposed, late);
    exposed.times.revoked = secondsSinceStart();
  }
}

async function lookAgain(run: Runbook): Promise<readonly CredentialRef[]> {
  const { connection } = run.record.spec.credential;
  const step = { name: 'look again', object: connection, persistent: true };
  const looked = await run.persist(step, `what exists at ${connection} is not known`, () =>
    run.step(
      step,
      () => run.commands(`what exists at ${connection} still`, urgently).listExposed(soughtBy(run)),
      ({ listed }) => (listed.length === 0 ? 'nothing exists any more' : `${listed.length} exist`),
    ),
  );
  return 'done' in looked ? looked.done.listed.map(({ ref }) => ref) : [];
}

/** Tries each at the real system (I10). A person may waive the proof, never the words: what was not refused is named as living. */
export async function proveAllEnded(run: Runbook, exposed: Exposed): Promise<void> {
  const known = await findKnown(run);
  const { within } = run.record.spec.credential.propagation;
  await Promise.all(
    exposed.refs.map(async (ref) => {
      const secret = known.find((each) => each.ref.id === ref.id)?.secret ?? null;
      await persistWith(run, exposed, 'prove refused', ref, async () => {
        const { is, because } = await run
          .commands(`is ${ref.id} refused`, { takes: within + 30_000 })
          .proveEnded({ ref, secret, within, ...ofCertificate(run) });
        if (is !== 'yes')
          throw new StepFailed('conflict', `${is === 'no' ? 'it is not refused' : 'not known'}: ${because}`);
        return because;
      });
    }),
  );
  exposed.times.proven = secondsSinceStart();
}

async function findKnown(run: Runbook): Promise<readonly Credential[]> {
  const step = { name: 'find secrets', object: run.identity, persistent: true };
  const found = await run.persist(step, 'the secrets to try are not known', () =>
    run.step(
      step,
      () => run.commands('find the secrets that can be tried', urgently).findKnown(soughtBy(run)),
      ({ length }) => `${length} can be tried`,
    ),
  );
  return 'done' in found ? found.done : [];
}

function disable(run: Runbook, exposed: Exposed, refs: readonly CredentialRef[]): Promise<void> {
  return toEach(run, exposed, 'disable', refs, (does, ending) => does.disableExposed(ending));
}

function revoke(run: Runbook, exposed: Exposed, refs: readonly CredentialRef[]): Promise<void> {
  const { revocation } = exposed;
  return toEach(run, exposed, 'revoke', refs, (does, ending) =>
    does.revokeExposed({ ...ending, revocation, ...ofCertificate(run) }),
  );
}

function endSessions(run: Runbook, exposed: Exposed, refs: readonly CredentialRef[]): Promise<void> {
  return toEach(run, exposed, 'end sessions', refs, (does, ending) => does.endSessions(ending));
}

type Ending = Parameters<Activities['revokeExposed']>[0];

/** The same to all of them, side by side. */
async function toEach(
  run: Runbook,
  exposed: Exposed,
  name: string,
  refs: readonly CredentialRef[],
  act: (does: ActivityInterfaceFor<Activities>, ending: Ending) => Promise<void>,
): Promise<void> {
  await Promise.all(
    refs.map((ref) =>
      persistWith(run, exposed, name, ref, async () => {
        const operation = `${run.operation}/${name.replaceAll(' ', '-')}/${ref.id}`;
        await act(run.commands(`${name} ${ref.id}`, urgently), { ...run.by, ref, operation });
        if (name !== 'end sessions') run.live.delete(ref.id);
        return 'done';
      }),
    ),
  );
}

async function persistWith(
  run: Runbook,
  exposed: Exposed,
  name: string,
  ref: CredentialRef,
  act: () => Promise<string>,
): Promise<void> {
  const step = { name, object: ref.id, persistent: true };
  const ended = await run.persist(step, `ACCESS STILL LIVE: ${ref.id} at ${ref.connection}, ${name} failed`, () =>
    run.step(step, act, (because) => because),
  );
  if ('waived' in ended) exposed.waived.add(ref.id);
}

function secondsSinceStart(): number {
  return Math.round((Date.now() - workflowInfo().startTime.getTime()) / 100) / 10;
}

import type { Check } from '../../activities/survey.ts';
import { isYes } from '../../contract/verdict.ts';
import { StepFailed } from './failure.ts';
import { briefly, type Rotation } from './plan.ts';
import { confirmRecovery } from './questions.ts';
import type { Runbook } from './runbook.ts';

/**
 * Asks everything that could stop the run half-way, before it changes anything (F2). That the current credential is refused does
 * not stop it for good: one that has expired could never be replaced (F22). A person decides; a dry run only says so.
 */
export async function preflight(run: Runbook, plan: Rotation, dryRun: boolean): Promise<void> {
  const dead = await run.step(
    { name: 'preflight', object: run.identity },
    async () => insistOnAll(await checkAll(run, plan), dryRun),
    ({ length }) => (length === 0 ? 'all is in order, nothing was changed' : `${plan.old.ref.id} is refused already`),
  );
  if (dead.length === 0) return;
  await confirmRecovery(run, plan, dead);
  plan.oldWorks = false;
  run.live.delete(plan.old.ref.id);
}

async function checkAll(run: Runbook, { record, old, leftover }: Rotation): Promise<readonly Check[]> {
  const takes = 15_000 + 10_000 * record.spec.consumers.length;
  const checks = await run
    .commands('check rights, the store, every consumer, and the current credential', { ...briefly, takes })
    .checkReadiness({ record, current: old, resuming: leftover !== null });
  for (const { what, verdict } of checks) {
    const { is, because } = verdict;
    run.journal.write({ step: 'preflight', command: 'check', object: what, verdict: is, because });
  }
  return checks;
}

/**
 * What could not be asked has been asked again until the command failed; what is left is a `no`, for somebody to set right.
 * Returns what shows the current credential to be dead, where that is all there is.
 */
function insistOnAll(checks: readonly Check[], dryRun: boolean): readonly string[] {
  const failed = checks.filter(({ verdict }) => !isYes(verdict));
  const words = failed.map(({ what, verdict }) => `not so that ${what}: ${verdict.is}, ${verdict.because}`);
  const dead = failed.some(({ ofCurrent }) => ofCurrent === 'works') && failed.every(({ ofCurrent }) => ofCurrent);
  if (failed.length > 0 && (dryRun || !dead)) throw new StepFailed('invalid_request', words.join('; '));
  return words;
}

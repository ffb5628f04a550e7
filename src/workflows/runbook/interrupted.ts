import type { Interrupted } from '../../contract/identity.ts';
import type { Credential } from '../../contract/references.ts';
import type { Verdict } from '../../contract/verdict.ts';
import { StepFailed } from './failure.ts';
import { mostCandidates, prove, takeBack } from './issue.ts';
import { mintingName, mintingOf, planRotation, type Rotation } from './plan.ts';
import type { Runbook } from './runbook.ts';

/** A command of the ended run that was under way hears of its end by its next heartbeat, in milliseconds. */
const untilQuiet = 15_000;

/**
 * Settles what an operation left that ended without its own word. A new credential that consumers were on their way to is used
 * while it works: that is the safe direction. Otherwise whatever the operation made is taken back, known by its operation ids
 * alone. What exists may have changed since it was planned, so it is planned anew.
 */
export async function settleInterrupted(run: Runbook, plan: Rotation): Promise<Rotation> {
  const { interrupted } = plan.record;
  if (!interrupted) return plan;
  await letEnd(run, interrupted);
  const adopted = plan.leftover && (await judgeLeftover(run, plan, plan.leftover));
  if (!adopted) await takeAllBack(run, plan, interrupted);
  const anew = await planRotation(run, adopted?.leftover ?? null);
  anew.oldWorks = adopted?.oldWorks ?? true;
  return anew;
}

/** Undefined where it is refused and the old one works: that operation was on its way back. */
async function judgeLeftover(
  run: Runbook,
  plan: Rotation,
  leftover: Credential,
): Promise<{ leftover: Credential; oldWorks: boolean } | undefined> {
  const { old, record, strategy } = plan;
  const [left, before] = [await tryOut(run, plan, leftover), await tryOut(run, plan, old)];
  if (left.is === 'yes') {
    const whose = `made by an operation that was interrupted (${record.interrupted?.operation})`;
    run.note('leftover', leftover.ref.id, `${whose}: it is used`);
    // In the one slot that there is the old secret can always be put back.
    return { leftover, oldWorks: before.is === 'yes' || strategy === 'in-place' };
  }
  if (left.is === 'no' && before.is === 'yes') return undefined;
  const words = `${leftover.ref.id}, left by an interrupted operation: ${left.is}, ${left.because}`;
  throw new StepFailed('conflict', `${words}; ${old.ref.id}: ${before.is}, ${before.because}`);
}

/** A secret that the store no longer has was destroyed, which is the last thing that is done to one. */
async function tryOut(run: Runbook, plan: Rotation, credential: Credential): Promise<Pick<Verdict, 'is' | 'because'>> {
  try {
    return await prove(run, plan, credential);
  } catch (error) {
    if (error instanceof StepFailed && error.code === 'not_found') return { is: 'no', because: 'its secret is gone' };
    throw error;
  }
}

async function takeAllBack(run: Runbook, plan: Rotation, interrupted: Interrupted): Promise<void> {
  for (const operation of mintingsOf(interrupted)) {
    const minting = mintingOf(run, plan, operation);
    await run.step({ name: 'settle', object: operation }, () => takeBack(run, plan, minting));
  }
}

/** The names of all attempts at a new credential that the operations may have made which nobody has settled. */
export function mintingsOf({ operation, earlier = [] }: Interrupted): readonly string[] {
  const generations = Array.from({ length: mostCandidates }, (_, at) => at + 1);
  return [operation, ...earlier].flatMap((each) => generations.map((generation) => mintingName(each, generation)));
}

/** Lets pass the time in which a command of a run that ended may still arrive. */
export async function letEnd(run: Runbook, { operation }: Interrupted): Promise<void> {
  await run.step({ name: 'let end', object: operation }, () =>
    run.orders.wait(untilQuiet, 'until what the ended run had under way has ended too'),
  );
}

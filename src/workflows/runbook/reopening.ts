import { Halt } from './failure.ts';
import { describeState } from './last-use.ts';
import { briefly } from './plan.ts';
import { soughtBy } from './snapshot.ts';
import type { Runbook } from './runbook.ts';

/** What the system lists now, in words. After a containment nothing should be there. */
export async function lookForSurvivors(run: Runbook): Promise<readonly string[]> {
  run.board.enter('reviewing');
  const { connection } = run.record.spec.credential;
  const { listed } = await run.step(
    { name: 'look', object: connection },
    () => run.commands(`what exists at ${connection}`, briefly).listExposed(soughtBy(run)),
    (found) => `${found.listed.length} exist`,
  );
  for (const { ref, status } of listed) if (status === 'live') run.live.add(ref.id);
  return listed.map(describeState);
}

/** Returns who decided. Those who had it contained have asked for what this is about, and so has who asks for the re-opening. */
export async function confirmReopening(run: Runbook, survivors: readonly string[]): Promise<string> {
  const { spec, containment, exceptions } = run.record;
  const { since = 'an unknown time', operations = [], requestedBy = [] } = containment ?? {};
  const { state, id, approvals } = await run.gate({
    id: 'reopening',
    question: `Let ${spec.id} take part in operations again? It has been contained since ${since}.`,
    commands: [`end the containment of ${spec.id}`],
    evidence: [
      ...operations.map((each) => `contained by ${each}`),
      ...(survivors.length > 0 ? survivors.map((each) => `EXISTS STILL: ${each}`) : ['no credential exists']),
      ...exceptions
        .filter(({ operation }) => operations.includes(operation))
        .map(({ consumer, by, reason }) => `waived: ${consumer} by ${by}: ${reason}`),
    ],
    spec: spec.gates.reopening ?? spec.gates.retirement,
    notBy: requestedBy,
  });
  if (state !== 'approved') throw new Halt(`gate ${id} was ${state}: it stays contained`);
  return approvals.map(({ by }) => by).join(' and ');
}

import type { OperationOutcome } from '../../src/contract/messages.ts';
import type { Rotation, Stage } from './harness.ts';

/** Waits for the outcome without letting the test server skip years; approves gates that begin with one of these. */
export async function ended(stage: Stage, run: Rotation, ...gatesToApprove: string[]): Promise<OperationOutcome> {
  for (let round = 0; round < 150; round += 1) {
    const { outcome, gates } = await stage.status(run);
    if (outcome) return outcome;
    const gate = gates.find(({ id, state }) => state === 'open' && gatesToApprove.some((g) => id.startsWith(g)));
    if (gate) await stage.confirm(run, gate.id, { comment: 'a test' });
    await stage.env.sleep(round < 20 ? 50 : 10_000);
  }
  const { steps, gates } = await stage.status(run);
  throw new Error(
    `no end: ${JSON.stringify({ steps: steps.slice(-3), gates: gates.filter((g) => g.state === 'open') })}`,
  );
}

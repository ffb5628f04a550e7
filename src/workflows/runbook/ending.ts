import { proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../../activities/index.ts';
import type { Notice } from '../../activities/world.ts';
import type { Closing } from '../../contract/lifecycle.ts';
import { failureOf } from './failure.ts';
import type { Journal } from './journal.ts';

/**
 * Gives the hold back, and tries until it is taken: a run that ended without its last word would leave the record wrong.
 * Returns why the lifecycle would not take it, or null.
 */
export async function giveBack(closing: Closing & { identity: string }): Promise<string | null> {
  const { closeOperation } = proxyActivities<Activities>({
    summary: 'give the hold back',
    startToCloseTimeout: 60_000,
    heartbeatTimeout: 10_000,
    retry: { initialInterval: 500, maximumInterval: 60_000 },
  });
  try {
    await closeOperation(closing);
    return null;
  } catch (error) {
    return failureOf(error).message;
  }
}

/** Tells people. It never holds a run up, and its failure stops nothing. */
export async function tell(notice: Notice): Promise<boolean> {
  const { notifyPeople } = proxyActivities<Activities>({
    summary: `tell: ${notice.kind}`,
    startToCloseTimeout: 30_000,
    scheduleToCloseTimeout: 600_000,
  });
  try {
    await notifyPeople(notice);
    return true;
  } catch {
    return false;
  }
}

/** Tells people of a gate, and notes whether they could be told. Nobody waits for it. */
export function tellAndNote(
  {
    identity,
    operation,
    journal,
  }: { readonly identity: string; readonly operation: string; readonly journal: Journal },
  kind: Notice['kind'],
  text: string,
  to: readonly string[],
): void {
  void tell({ identity, operation, kind, text, to }).then((told) =>
    journal.note('notify', kind, told ? `told ${to.join(', ')}` : 'nobody could be told'),
  );
}

import type { WorkflowHandle } from '@temporalio/client';

/** What the server wrote down, in milliseconds from the start of the run. */
export async function timesOf(run: WorkflowHandle): Promise<{ disabled: number; revoked: number }> {
  const { events = [] } = await run.fetchHistory();
  const at = (event: (typeof events & object)[number]) =>
    Number(event.eventTime?.seconds ?? 0) * 1_000 + (event.eventTime?.nanos ?? 0) / 1e6;
  const names = new Map(
    (events ?? []).map(({ eventId, activityTaskScheduledEventAttributes: scheduled }) => [
      String(eventId),
      scheduled?.activityType?.name,
    ]),
  );
  const last = (name: string) =>
    Math.max(
      ...(events ?? []).map((event) => {
        const of = event.activityTaskCompletedEventAttributes?.scheduledEventId;
        return of && names.get(String(of)) === name ? at(event) : 0;
      }),
    );
  const start = at(events![0]!);
  return { disabled: last('disableExposed') - start, revoked: last('revokeExposed') - start };
}

import type { WorkflowHandle } from '@temporalio/client';
import { tsToMs } from '@temporalio/common/lib/time.js';
import proto from '@temporalio/proto';

/** What a run left in its history. */
export interface HistorySize {
  readonly events: number;
  readonly bytes: number;
  readonly workflowTasks: number;
  readonly activities: number;
  /** How many calls of each. */
  readonly activityTypes: Readonly<Record<string, number>>;
  readonly timers: number;
  /** Milliseconds between the start and the end of the timers that ran out: what a procedure waits for, and the server's delay. */
  readonly waited: number;
  /** Updates and signals that came in. */
  readonly messages: number;
  /** Calls of `upsertSearchAttributes`. */
  readonly upserts: number;
  /** Local activities, which leave a marker each, and how many workflow tasks have any. */
  readonly localActivities: number;
  readonly markedTasks: number;
  /** What Temporal Cloud would bill of this history: see {@link historySize}. */
  readonly actions: number;
}

const { EventType } = proto.temporal.api.enums.v1;

/**
 * Reads the history of a run and counts. Bytes are those of its protobuf encoding. Billable actions are its start, every attempt
 * at an activity, timers, updates, signals, upserts of search attributes, and one for all local activities of a workflow task:
 * https://docs.temporal.io/cloud/actions. Queries and heartbeats are actions too, and stand in no history.
 */
export async function historySize(run: WorkflowHandle): Promise<HistorySize> {
  const history = await run.fetchHistory();
  const events = history.events ?? [];
  const types = events.map(({ eventType }) => eventType);
  const startedAt = new Map(events.map(({ eventId, eventTime }) => [String(eventId), tsToMs(eventTime)]));
  const waits = events.flatMap(({ timerFiredEventAttributes: fired, eventTime }) =>
    fired ? [tsToMs(eventTime) - (startedAt.get(String(fired.startedEventId)) ?? 0)] : [],
  );
  const activityTypes: Record<string, number> = {};
  for (const { activityTaskScheduledEventAttributes: scheduled } of events) {
    const name = scheduled?.activityType?.name;
    if (name) activityTypes[name] = (activityTypes[name] ?? 0) + 1;
  }
  const count = (...wanted: number[]) => types.filter((type) => wanted.includes(type as number)).length;
  // Where a patch was asked for leaves a marker and an attribute as well, and neither is billed.
  const markers = events.flatMap(({ markerRecordedEventAttributes: marker }) =>
    marker && marker.markerName !== 'core_patch' ? [String(marker.workflowTaskCompletedEventId)] : [],
  );
  const upserts = events.filter(({ upsertWorkflowSearchAttributesEventAttributes: upsert }) =>
    Object.keys(upsert?.searchAttributes?.indexedFields ?? {}).some((name) => name !== 'TemporalChangeVersion'),
  );
  const attempts = events.reduce((sum, { activityTaskStartedEventAttributes: at }) => sum + (at?.attempt ?? 0), 0);
  const counted = {
    timers: count(EventType.EVENT_TYPE_TIMER_STARTED),
    messages: count(
      EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED,
      EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED,
    ),
    upserts: upserts.length,
    markedTasks: new Set(markers).size,
  };
  return {
    events: types.length,
    bytes: proto.temporal.api.history.v1.History.encode(history).finish().length,
    workflowTasks: count(EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED),
    activities: count(EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED),
    activityTypes,
    ...counted,
    waited: waits.reduce((sum, wait) => sum + wait, 0),
    localActivities: markers.length,
    actions: 1 + attempts + counted.timers + counted.messages + counted.upserts + counted.markedTasks,
  };
}

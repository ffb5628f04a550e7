import { proxyActivities, sleep, type ActivityInterfaceFor } from '@temporalio/workflow';
import type { Activities } from '../../activities/index.ts';

export interface CommandOptions {
  /** The longest that one attempt may need, in milliseconds. */
  readonly takes?: number;
  /** How long to try, in milliseconds; by default as long as the identity declares. */
  readonly retryFor?: number;
  /** Tried once: for what must be looked at before it is tried again. */
  readonly once?: boolean;
}

/**
 * Activities whose every call bears `summary` in the Temporal UI. They are retried for as long as the identity declares,
 * by time and not by count; a worker that died is noticed by its missing heartbeat within ten seconds.
 */
export function commands(
  summary: string,
  declared: number,
  { takes = 60_000, retryFor = declared, once = false }: CommandOptions,
): ActivityInterfaceFor<Activities> {
  return proxyActivities<Activities>({
    summary,
    startToCloseTimeout: takes + 30_000,
    scheduleToCloseTimeout: Math.max(retryFor, takes + 30_000),
    heartbeatTimeout: 10_000,
    retry: once ? { maximumAttempts: 1 } : { initialInterval: 500, maximumInterval: 60_000 },
  });
}

/** The pause after an attempt of what is tried once: doubling, up to a minute. */
export async function beforeNext(attempt: number): Promise<void> {
  await sleep(Math.min(60_000, 1_000 * 2 ** attempt), { summary: 'before the next attempt' });
}

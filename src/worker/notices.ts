import type { Notice } from '../activities/world.ts';
import { KeyturnError } from '../contract/errors.ts';
import type { Secret } from '../contract/secret.ts';
import type { Log } from './runtime.ts';

/** Tells people by the log, and by a JSON POST to a webhook where one is configured. A notice never decides anything. */
export function noticesTo(webhook: Secret | undefined, log: Log): (notice: Notice) => Promise<void> {
  return async (notice) => {
    log.info({ ...notice }, 'notice');
    if (webhook) await post(webhook, notice);
  };
}

async function post(webhook: Secret, notice: Notice): Promise<void> {
  let status: number;
  try {
    const response = await fetch(webhook.reveal(), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(notice),
      signal: AbortSignal.timeout(10_000),
    });
    ({ status } = response);
    await response.body?.cancel();
  } catch {
    throw new KeyturnError('unavailable', 'the webhook for notices did not answer');
  }
  if (status >= 300) throw new KeyturnError('unavailable', `the webhook for notices answered with status ${status}`);
}

import { setTimeout as sleep } from 'node:timers/promises';
import { KeyturnError } from '../../src/contract/errors.ts';

const within = 2_000;

/**
 * Asks again for up to two seconds what may be asked again. It is for what stands around a case: a connection that the fault of
 * the case before broke may still lie in the client's pool, and a busy machine may take longer than a client waits.
 */
export async function inTime<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  for (const until = Date.now() + within; ; await sleep(50)) {
    try {
      return await ask();
    } catch (error) {
      if (Date.now() > until || !(error instanceof KeyturnError && error.retry)) throw error;
    }
  }
}

import { KeyturnError } from '../contract/errors.ts';
import type { World } from '../contract/provider.ts';
import type { Verdict } from '../contract/verdict.ts';

/** What was seen, before it is stamped with the time. */
export type Sight = readonly [is: Verdict['is'], because: string];

/**
 * Makes a verdict of a question. A question that could not be answered is `unknown` (F25); only one that can never be
 * answered, because the configuration or the request is wrong, throws `invalid_request`.
 */
export async function observe({ now }: Pick<World, 'now'>, ask: () => Promise<Sight>): Promise<Verdict> {
  const [is, because] = await ask().catch(unanswered);
  return { is, because, at: now().toISOString() };
}

function unanswered(error: unknown): Sight {
  if (!(error instanceof KeyturnError)) return ['unknown', 'the question ended in an unexpected error'];
  if (error.code === 'invalid_request') throw error;
  return ['unknown', error.message];
}

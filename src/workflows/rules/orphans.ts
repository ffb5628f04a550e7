import type { CredentialState } from '../../contract/credentials.ts';

export interface OrphanFacts {
  readonly before: readonly CredentialState[];
  readonly after: readonly CredentialState[];
  /** How many attempts to issue ended without an answer. */
  readonly lostAnswers: number;
  /** When the first such attempt was sent, RFC 3339. */
  readonly since: string;
  /** When the last such attempt was known to be lost, RFC 3339. */
  readonly until: string;
  /** Ids that may have been used, as far as the provider keeps record: a credential whose secret nobody got can't be in use. */
  readonly used: readonly string[];
}

export interface OrphanRuling {
  readonly do: 'retire' | 'nothing' | 'ask';
  readonly ids: readonly string[];
  readonly message: string;
}

/**
 * Which credentials did a lost answer leave behind? A provider without idempotency tokens can't say who made a key, so ours
 * are told by what only an orphan is: it appeared after we began, no more of them than answers were lost, and never used.
 * One doubt, and a person decides: what we did not create we never delete (F10, I5).
 */
export function judgeOrphans({ before, after, lostAnswers, since, until, used }: OrphanFacts): OrphanRuling {
  const known = new Set(before.map(({ ref }) => ref.id));
  const appeared = after.filter(({ ref }) => !known.has(ref.id));
  const ids = appeared.map(({ ref }) => ref.id);
  if (appeared.length === 0)
    return { do: 'nothing', ids, message: 'nothing new appeared: the lost attempt made no credential' };
  if (appeared.length > lostAnswers) {
    return {
      do: 'ask',
      ids,
      message: `${ids.length} credentials appeared but only ${lostAnswers} answers were lost: one is not ours`,
    };
  }
  if (ids.some((id) => used.includes(id)))
    return { do: 'ask', ids, message: 'one that appeared was used, or nobody could say; our secret nobody has' };
  if (appeared.some(({ createdAt }) => isEarlier(createdAt, since))) {
    return { do: 'ask', ids, message: 'one that appeared is older than our attempt' };
  }
  if (appeared.some(({ createdAt }) => isLater(createdAt, until))) {
    return { do: 'ask', ids, message: 'one that appeared is younger than our attempt' };
  }
  return {
    do: 'retire',
    ids,
    message: 'appeared with our lost answer and was never used: its secret is gone for good',
  };
}

/** Providers round to seconds, and clocks differ: half a minute is let pass. */
function isEarlier(createdAt: string, since: string): boolean {
  const created = Date.parse(createdAt);
  return !Number.isNaN(created) && created < Date.parse(since) - 30_000;
}

function isLater(createdAt: string, until: string): boolean {
  const created = Date.parse(createdAt);
  return !Number.isNaN(created) && created > Date.parse(until) + 60_000;
}

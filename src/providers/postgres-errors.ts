import { DatabaseError } from 'pg';
import { KeyturnError, type ErrorCode } from '../contract/errors.ts';

type Refusal = readonly [code: ErrorCode, message: string, hint?: string];

/** https://www.postgresql.org/docs/current/errcodes-appendix.html */
const refusals: Readonly<Record<string, Refusal>> = {
  '25006': ['unavailable', 'PostgreSQL takes no changes here', 'this server may be a standby'],
  '2BP01': ['conflict', 'PostgreSQL refuses: others hold something because of this, and it would be taken from them'],
  '28000': ['denied', 'PostgreSQL refuses the connection of Keyturn', 'see its pg_hba.conf'],
  '28P01': ['denied', 'PostgreSQL refuses the password of the connection'],
  '3D000': ['invalid_request', 'PostgreSQL has no database of the name in the connection'],
  '42501': ['denied', 'PostgreSQL refuses: the user of the connection lacks the right'],
  '42704': ['not_found', 'PostgreSQL knows no such role'],
  '53300': ['unavailable', 'PostgreSQL takes no further connections'],
  '55P03': ['unavailable', 'PostgreSQL did not get at the role in time: somebody else is changing it'],
  '57014': ['unavailable', 'PostgreSQL did not finish the statement in time'],
  '57P03': ['unavailable', 'PostgreSQL does not take connections yet'],
};

/** The state in which PostgreSQL refused, or `undefined` where it gave no answer. */
export function sqlState(error: unknown): string | undefined {
  return error instanceof DatabaseError ? error.code : undefined;
}

/** What a failed login or question means: nothing was changed by it. Neither SQL nor the server's words go into it. */
export function failedQuestion(error: unknown): KeyturnError {
  if (error instanceof KeyturnError) return error;
  const state = sqlState(error);
  if (state === undefined) return new KeyturnError('unavailable', 'PostgreSQL gave no answer');
  return new KeyturnError(...(refusals[state] ?? (['unavailable', 'PostgreSQL can not do this now'] as const)));
}

/**
 * What a failed change means. A statement that PostgreSQL refused was rolled back; but one whose connection broke, or was
 * ended by the server, may have been done.
 */
export function failedChange(error: unknown): KeyturnError {
  const state = sqlState(error);
  const isOver = state !== undefined && !/^(08|57P)/.test(state);
  if (isOver) return failedQuestion(error);
  return new KeyturnError('outcome_unknown', 'PostgreSQL was sent a change, and the connection broke');
}

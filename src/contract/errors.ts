/**
 * Every way in which a command can fail, and whether the same command may be sent again. The set is closed: a provider maps
 * what its system says to one of these words and adds a sentence of its own, never the system's answer (F23).
 */
export const errorCodes = {
  denied: { retry: false, meaning: 'the system knows us and refuses' },
  invalid_request: { retry: false, meaning: 'the request or configuration is wrong, and stays wrong when repeated' },
  unknown_identity: { retry: false, meaning: 'no such identity is under management' },
  identity_busy: { retry: false, meaning: 'another operation holds the identity' },
  identity_contained: { retry: false, meaning: 'the identity is contained or offboarded and refuses operations' },
  not_found: { retry: false, meaning: 'the thing named does not exist' },
  hold_lost: { retry: false, meaning: 'the operation no longer holds the identity, so it changes nothing' },
  conflict: { retry: false, meaning: 'somebody else changed the thing since it was read' },
  limit_reached: { retry: false, meaning: 'a quota or slot limit is full' },
  throttled: { retry: true, meaning: 'the system asks to slow down' },
  unavailable: { retry: true, meaning: 'the system gave no answer, and nothing was sent that could have changed it' },
  outcome_unknown: { retry: true, meaning: 'a change was sent and the answer was lost' },
} as const satisfies Record<string, { retry: boolean; meaning: string }>;

export type ErrorCode = keyof typeof errorCodes;

export function isErrorCode(word: unknown): word is ErrorCode {
  return typeof word === 'string' && Object.hasOwn(errorCodes, word);
}

/** The only error that providers and activities throw. `message` is our own words; a remote system's text has no place in it. */
export class KeyturnError extends Error {
  override readonly name = 'KeyturnError';
  readonly code: ErrorCode;
  /** What the reader can do about it, printed on its own line. */
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, hint?: string) {
    super(message);
    this.code = code;
    this.hint = hint;
  }

  get retry(): boolean {
    return errorCodes[this.code].retry;
  }
}

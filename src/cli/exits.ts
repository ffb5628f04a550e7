import type { ErrorCode } from '../contract/errors.ts';

/** The exit codes of `keyturn`. They are part of what scripts rely on. */
export const exits = {
  done: 0,
  /** The operation ended without completing: it rolled back or failed. Also any defect of ours. */
  unfinished: 1,
  badInput: 2,
  unreachable: 3,
  refused: 4,
  /** With `--wait` and no terminal: the operation waits at a gate, and goes on when somebody decides. */
  waiting: 5,
  interrupted: 130,
} as const;

export type Exit = (typeof exits)[keyof typeof exits];

export const exitOf: Record<ErrorCode, Exit> = {
  invalid_request: exits.badInput,
  unknown_identity: exits.badInput,
  not_found: exits.badInput,
  denied: exits.refused,
  identity_busy: exits.refused,
  identity_contained: exits.refused,
  hold_lost: exits.refused,
  conflict: exits.unfinished,
  limit_reached: exits.unfinished,
  throttled: exits.unreachable,
  unavailable: exits.unreachable,
  outcome_unknown: exits.unreachable,
};

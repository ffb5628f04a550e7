import assert from 'node:assert/strict';
import { errorCodes, isErrorCode, KeyturnError, type ErrorCode } from '../../src/contract/errors.ts';

/** What may be sent again. */
export const retryable = Object.keys(errorCodes)
  .filter(isErrorCode)
  .filter((code) => errorCodes[code].retry);

/** What a port says to a name that it does not take, or that names nothing. */
export const refusal: readonly ErrorCode[] = ['invalid_request', 'not_found', 'denied'];

/** Names that lead elsewhere, or mean something to whoever reads them next. */
export const hostileNames = [
  '.',
  '..',
  '/',
  '/etc/keyturn-hostile',
  '../keyturn-hostile',
  'a/../../keyturn-hostile',
  '%2e%2e/%2e%2e/keyturn-hostile',
  '..\\keyturn-hostile',
  '?version=1&list=true',
  '#fragment',
  '"; DROP ROLE x; --',
  '$(touch keyturn-hostile)',
  'two\nlines',
  'nul\0byte',
  '\u001b[2Jscreen',
  '\ud800',
  'schlüssel',
  'x'.repeat(10_240),
];

/** Returns nothing, and fails unless the error is a {@link refusal}. */
export function isRefusal(error: unknown): undefined {
  const code = error instanceof KeyturnError ? error.code : undefined;
  assert.ok(
    refusal.some((each) => each === code),
    `expected a refusal, got ${code ?? 'another error'}`,
  );
}

/** Fails unless the act fails with something that may be sent again, and returns its code. */
export async function retryableFailure(act: () => Promise<unknown>): Promise<ErrorCode> {
  let caught: unknown;
  await act().catch((error: unknown) => (caught = error));
  assert.ok(caught instanceof KeyturnError, 'it took the fault for a success');
  assert.ok(retryable.includes(caught.code), `it said ${caught.code}, which nobody would send again`);
  return caught.code;
}

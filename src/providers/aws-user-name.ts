import { KeyturnError } from '../contract/errors.ts';

/**
 * Lets the name of an IAM user through, or throws `invalid_request`.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateUser.html
 */
export function userName(account: string): string {
  if (/^[\w+=,.@-]{1,64}$/.test(account)) return account;
  throw new KeyturnError(
    'invalid_request',
    'account: expected an IAM user name of 1 to 64 letters, digits and _+=,.@-',
  );
}

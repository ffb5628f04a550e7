import type { NativeConnection } from '@temporalio/worker';
import { KeyturnError } from '../contract/errors.ts';
import { searchAttributes } from '../contract/search-attributes.ts';

/** A run that sets an attribute which the server does not know is stuck for good: better not to start at all. */
export async function requireSearchAttributes(connection: NativeConnection, namespace: string): Promise<void> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  const missing = Object.keys(searchAttributes).filter((name) => customAttributes?.[name] === undefined);
  if (missing.length === 0) return;
  throw new KeyturnError(
    'invalid_request',
    `namespace ${namespace} lacks the search attributes ${missing.join(', ')}`,
    'register them: keyturn setup',
  );
}

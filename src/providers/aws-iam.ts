import { IAMClient } from '@aws-sdk/client-iam';
import { KeyturnError } from '../contract/errors.ts';
import type { Read, Write } from '../contract/call.ts';
import { clientSettings, type AwsConnection } from './aws-connection.ts';
import { awsFailure, fromAws } from './aws-errors.ts';

interface Answer {
  readonly $metadata: { readonly requestId?: string | undefined };
}

type Send<Output> = (client: IAMClient, options: { readonly abortSignal: AbortSignal }) => Promise<Output>;

/** IAM as the connection reaches it. Every error is a KeyturnError, and every answer is AWS's own. */
export interface Iam {
  /** A question; the SDK may send it again by itself. */
  readonly ask: <Output extends Answer>(call: Read, send: Send<Output>) => Promise<Output>;
  /**
   * A change, which is sent once: a repeated one could make a second key that nobody knows, or say that nothing was sent when
   * an earlier attempt was. Sending it again is for the caller to decide.
   */
  readonly change: <Output extends Answer>(call: Write, send: Send<Output>) => Promise<Output>;
}

/** Makes the clients; they connect when they are first used. */
export function openIam(connection: AwsConnection): Iam {
  const client = (attempts: number) =>
    new IAMClient(clientSettings(connection, connection, { endpoint: connection.endpoint, attempts }));
  const [asking, changing] = [client(3), client(1)];
  return {
    ask: (call, send) => answered(call, false, (options) => send(asking, options)),
    change: (call, send) => answered(call, true, (options) => send(changing, options)),
  };
}

async function answered<Output extends Answer>(
  { signal }: Read,
  changes: boolean,
  send: (options: { readonly abortSignal: AbortSignal }) => Promise<Output>,
): Promise<Output> {
  if (signal.aborted) throw new KeyturnError('unavailable', 'AWS was not asked: the call was told to stop');
  try {
    return fromAws(await send({ abortSignal: signal }), changes);
  } catch (error) {
    throw awsFailure(error, changes);
  }
}

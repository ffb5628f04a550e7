import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { KeyturnError } from '../contract/errors.ts';
import type { Read } from '../contract/call.ts';
import type { Secret } from '../contract/secret.ts';
import { clientSettings, type AwsConnection } from './aws-connection.ts';
import { awsRefusal, fromAws } from './aws-errors.ts';
import type { Sight } from './observe.ts';

const refusals = new Set(['InvalidClientTokenId', 'SignatureDoesNotMatch']);

/**
 * Asks STS who the holder of a key is, which needs no right at all. Only AWS's own refusal of the key is a `no`; a page with
 * the same status, a clock that is off, and everything else is `unknown`.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
 */
export async function identify(
  connection: AwsConnection,
  key: { readonly accessKeyId: string; readonly secretAccessKey: Secret },
  user: string,
  { signal }: Read,
): Promise<Sight> {
  if (signal.aborted) throw new KeyturnError('unavailable', 'AWS was not asked: the call was told to stop');
  const endpoint = connection.stsEndpoint ?? connection.endpoint;
  const sts = new STSClient(clientSettings(connection, key, { endpoint, attempts: 3 }));
  try {
    const { Arn } = fromAws(await sts.send(new GetCallerIdentityCommand({}), { abortSignal: signal }), false);
    if (Arn === undefined) return ['unknown', 'AWS gave an answer in which something is missing'];
    if (!Arn.endsWith(`/${user}`)) return ['unknown', 'AWS accepts the access key, as that of another user'];
    return ['yes', 'AWS accepted the access key and named its user'];
  } catch (error) {
    const refusal = awsRefusal(error);
    if (refusal?.isClockSkew) return ['unknown', 'AWS refuses the signature because the clocks differ'];
    if (refusal?.status === 403 && refusals.has(refusal.name)) return ['no', 'AWS refused the access key'];
    return ['unknown', 'AWS gave no answer that can be relied on'];
  } finally {
    sts.destroy();
  }
}

import { z } from 'zod';
import { Secret } from '../contract/secret.ts';
import { privateBaseUrl, requestTimeout } from './http-connection.ts';

/** How a worker reaches one AWS account, with an access key of an administrator. */
export const awsConnection = z.strictObject({
  region: z.string().regex(/^[a-z]{2}(-[a-z]+){1,3}-\d{1,2}$/, 'expected a region such as eu-central-1'),
  accessKeyId: z.string().regex(/^\w{16,128}$/, 'expected 16 to 128 letters, digits and _'),
  secretAccessKey: z.instanceof(Secret, { error: 'expected a secret' }),
  endpoint: privateBaseUrl.optional().describe('Where IAM answers, where that is not AWS itself.'),
  stsEndpoint: privateBaseUrl.optional().describe('Where STS answers; by default where IAM does.'),
  connectTimeoutMs: z.int().min(100).max(300_000).default(5_000),
  timeoutMs: requestTimeout,
});

export type AwsConnection = z.output<typeof awsConnection>;

interface AwsKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: Secret;
}

/** What a client of the AWS SDK is made with. `attempts`: how often one request may be sent. */
export function clientSettings(
  { region, connectTimeoutMs, timeoutMs }: AwsConnection,
  { accessKeyId, secretAccessKey }: AwsKey,
  { endpoint, attempts }: { endpoint: string | undefined; attempts: number },
) {
  return {
    region,
    credentials: { accessKeyId, secretAccessKey: secretAccessKey.reveal() },
    maxAttempts: attempts,
    requestHandler: {
      connectionTimeout: connectTimeoutMs,
      requestTimeout: timeoutMs,
      throwOnRequestTimeout: true,
      // A kept connection may be closed by the far side just when a change is sent on it, and nobody knows the outcome then.
      httpAgent: { keepAlive: false },
      httpsAgent: { keepAlive: false },
    },
    ...(endpoint === undefined ? {} : { endpoint }),
  };
}

import { IAMClient, ListAccessKeysCommand } from '@aws-sdk/client-iam';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { AwsBackend } from '../../src/dev/backends/aws.ts';

/** The ids of all access keys that the demo's AWS user has. */
export async function accessKeys({ endpoint, region, accessKeyId, secretAccessKey }: AwsBackend): Promise<string[]> {
  const iam = new IAMClient({ endpoint, region, credentials: { accessKeyId, secretAccessKey } });
  const { AccessKeyMetadata = [] } = await iam.send(new ListAccessKeysCommand({ UserName: 'backup' }));
  iam.destroy();
  return AccessKeyMetadata.map(({ AccessKeyId = '' }) => AccessKeyId);
}

/** Tries an access key, without Keyturn: `accepted`, or the name of the error. */
export async function useAccessKey(
  { endpoint, region }: AwsBackend,
  { id, secret }: { readonly id: string; readonly secret: string },
): Promise<string> {
  const sts = new STSClient({ endpoint, region, credentials: { accessKeyId: id, secretAccessKey: secret } });
  const answer = sts.send(new GetCallerIdentityCommand({}));
  return answer
    .then(
      () => 'accepted',
      ({ name }: Error) => name,
    )
    .finally(() => sts.destroy());
}

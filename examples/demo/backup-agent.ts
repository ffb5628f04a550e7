import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { serve, type Delivered } from './workload.ts';

/** The consumer of the second scene: a job that calls AWS with an access key. */
class BackupAgent {
  #sts: STSClient | undefined;

  async take({ username, password }: Delivered): Promise<void> {
    const next = new STSClient({
      region: 'us-east-1',
      endpoint: process.env['AWS_ENDPOINT'] ?? '',
      credentials: { accessKeyId: username, secretAccessKey: password },
    });
    await next.send(new GetCallerIdentityCommand({}));
    this.#sts = next;
  }

  async use(): Promise<unknown> {
    const identity = await this.#sts?.send(new GetCallerIdentityCommand({}));
    return { as: identity?.Arn };
  }
}

await serve(new BackupAgent());

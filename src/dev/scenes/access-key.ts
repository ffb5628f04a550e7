import { IAMClient, ListAccessKeysCommand } from '@aws-sdk/client-iam';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { Narrator } from '../narrator.ts';
import type { Playground } from '../playground.ts';
import { followOperation, runUrl } from './follow.ts';

/**
 * An access key is rotated, and the worker dies at the worst moment: AWS has made the new key and shown its secret once, and
 * nobody has stored it. Returns whether the run finished all the same and left no orphan behind.
 */
export async function accessKeyScene(place: Playground, narrator: Narrator, yes: boolean): Promise<boolean> {
  narrator.title('Scene 2: the worker is killed between "created" and "stored"');
  const dies = place.awsReplies.arm(/Action=CreateAccessKey/).then(async () => {
    narrator.say('AWS has made the key; its answer is on the wire; SIGKILL for the worker now');
    await place.worker().kill();
    narrator.say('the worker is dead; the secret is lost with the answer; a new worker starts');
    await place.startWorker();
    narrator.say('a new worker is there; Temporal notices the dead one by its missing heartbeat');
  });
  const started = await place.client.rotate({ identity: 'backup-key', reason: 'the demo', requestedBy: 'demo' });
  narrator.say(`started ${started.workflowId}`);
  const { outcome, status } = await followOperation(place, narrator, started, yes);
  await dies;

  const keys = await listKeys(place);
  const refused = await tryOld(place);
  const orphans = status.steps.filter(({ step, state }) => step === 'retire orphan' && state === 'done');
  narrator.table(status.steps);
  narrator.facts([
    ['outcome', `${outcome.result}: ${outcome.because}`],
    ['old fingerprint', outcome.from ?? 'none'],
    ['new fingerprint', outcome.to ?? 'none'],
    ['tried by hand', refused],
    ['orphans', `${orphans.length} made by the lost answer, found and retired; ${keys.length - 1} left`],
    ['in the Temporal UI', runUrl(place, started)],
  ]);
  return (
    outcome.result === 'completed' &&
    keys.length === 1 &&
    orphans.length === 1 &&
    refused.startsWith('old credential refused')
  );
}

async function listKeys({ backends: { aws } }: Playground): Promise<string[]> {
  const { endpoint, region, accessKeyId, secretAccessKey } = aws;
  const iam = new IAMClient({ endpoint, region, credentials: { accessKeyId, secretAccessKey } });
  const { AccessKeyMetadata = [] } = await iam.send(new ListAccessKeysCommand({ UserName: 'backup' }));
  return AccessKeyMetadata.map(({ AccessKeyId }) => AccessKeyId ?? '');
}

async function tryOld({ backends: { aws }, before: { backup } }: Playground): Promise<string> {
  const { endpoint, region } = aws;
  const sts = new STSClient({
    endpoint,
    region,
    maxAttempts: 1,
    credentials: { accessKeyId: backup.id, secretAccessKey: backup.secret },
  });
  try {
    await sts.send(new GetCallerIdentityCommand({}));
    return 'OLD CREDENTIAL STILL ACCEPTED by AWS';
  } catch (error) {
    return error instanceof Error && error.name === 'InvalidClientTokenId'
      ? `old credential refused by AWS (${error.name})`
      : 'AWS gave no clear answer';
  }
}

import { CreateAccessKeyCommand, CreateUserCommand, IAMClient, PutUserPolicyCommand } from '@aws-sdk/client-iam';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { KeyturnError } from '../../contract/errors.ts';
import { BackendProcess } from './backend-process.ts';
import type { Backend, StartOptions } from './backend.ts';
import { resolveMoto } from './binaries.ts';
import { freePorts } from './free-ports.ts';
import { isListening } from './is-listening.ts';
import { pythonFile } from './python.ts';

const region = 'us-east-1';
const userName = 'keyturn-admin';

/** An emulated AWS account. */
export interface AwsBackend extends Backend {
  readonly name: 'aws';
  /** Base URL of the AWS API. */
  readonly endpoint: string;
  readonly region: string;
  /** Key of `keyturn-admin`, which may do everything in IAM and nothing else. */
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/**
 * Starts moto, an emulator of the AWS API that checks signatures, IAM policies and, through our wrapper, whether a key is active.
 * It keeps all in memory: a killed one comes back empty, so there is no restart. https://docs.getmoto.org/en/latest/docs/iam.html
 */
export async function startAws({ folder, env = process.env, progress }: StartOptions): Promise<AwsBackend> {
  const moto = await resolveMoto({ env, progress });
  const [port = 0] = await freePorts(1);
  const endpoint = `http://127.0.0.1:${port}`;
  const server = new BackendProcess({
    name: 'aws',
    command: moto.executable,
    args: [pythonFile('moto_strict.py'), '-H', '127.0.0.1', '-p', `${port}`],
    folder,
    env: moto.packages === undefined ? {} : { PYTHONPATH: moto.packages },
    ready: () => isListening(port),
  });
  await server.start();
  const administrator = await createAdministrator(endpoint).catch(async () => {
    await server.stop();
    throw new KeyturnError('unavailable', 'aws started, but did not take its first user');
  });
  return {
    name: 'aws',
    endpoint,
    region,
    ...administrator,
    get pid() {
      return server.pid;
    },
    stop: () => server.stop(),
    kill: () => server.kill(),
  };
}

type AccessKey = Pick<AwsBackend, 'accessKeyId' | 'secretAccessKey'>;

async function createAdministrator(endpoint: string): Promise<AccessKey> {
  // A fresh moto takes any signature, which is how its first user comes to be.
  const iam = new IAMClient({ endpoint, region, credentials: { accessKeyId: 'none', secretAccessKey: 'none' } });
  await iam.send(new CreateUserCommand({ UserName: userName }));
  const policy = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'iam:*', Resource: '*' }] };
  const document = { PolicyName: 'iam', PolicyDocument: JSON.stringify(policy) };
  await iam.send(new PutUserPolicyCommand({ UserName: userName, ...document }));
  const { AccessKey: created } = await iam.send(new CreateAccessKeyCommand({ UserName: userName }));
  iam.destroy();
  if (created?.AccessKeyId === undefined || created.SecretAccessKey === undefined) throw new Error('no key');
  const key = { accessKeyId: created.AccessKeyId, secretAccessKey: created.SecretAccessKey };
  await enforceAuthentication(endpoint);
  await proveKey(endpoint, key);
  return key;
}

/** The body is the number of further requests that are taken without a look at their signature. */
async function enforceAuthentication(endpoint: string): Promise<void> {
  const answer = await fetch(`${endpoint}/moto-api/reset-auth`, { method: 'POST', body: '0' });
  if (!answer.ok) throw new Error('not enforced');
}

async function proveKey(endpoint: string, credentials: AccessKey): Promise<void> {
  const sts = new STSClient({ endpoint, region, credentials });
  await sts.send(new GetCallerIdentityCommand({}));
  sts.destroy();
}

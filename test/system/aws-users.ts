import * as sdk from '@aws-sdk/client-iam';
import { Secret } from '../../src/contract/secret.ts';
import { startEmbedded } from '../../src/dev/backends/embedded.ts';
import type { AwsConnection } from '../../src/providers/aws-connection.ts';

type Key = Pick<AwsConnection, 'accessKeyId' | 'secretAccessKey'>;

/** An emulated AWS account whose users can be given rights, and seen to use them. */
export interface AwsUsers {
  /** As an administrator. */
  readonly connection: AwsConnection & { readonly endpoint: string };
  readonly iam: sdk.IAMClient;
  createUser(): Promise<string>;
  createKey(user: string): Promise<Key>;
  /** The ARN of a managed policy that allows one action; made when it is not there. */
  policy(name: string, action: string): Promise<string>;
  /** Gives a managed policy, an inline one, or a place in a group: each allows something of its own. */
  give(user: string, nth: 1 | 2 | 3): Promise<void>;
  /** Tries as the user what `give` gave. */
  works(user: string, nth: 1 | 2 | 3): Promise<boolean>;
  stop(): Promise<void>;
}

export async function openAwsUsers(): Promise<AwsUsers> {
  const { aws, stop } = await startEmbedded(['aws']);
  const { endpoint, region, accessKeyId, secretAccessKey } = aws;
  const clientOf = (key: Key) => {
    const credentials = { accessKeyId: key.accessKeyId, secretAccessKey: key.secretAccessKey.reveal() };
    return new sdk.IAMClient({ endpoint, region, credentials });
  };
  const administrator: Key = { accessKeyId, secretAccessKey: new Secret(secretAccessKey) };
  const iam = clientOf(administrator);
  const clients = new Map<string, sdk.IAMClient>();
  let users = 0;
  const createKey = async (UserName: string): Promise<Key> => {
    const { AccessKey: made } = await iam.send(new sdk.CreateAccessKeyCommand({ UserName }));
    return { accessKeyId: made?.AccessKeyId ?? '', secretAccessKey: new Secret(made?.SecretAccessKey ?? '') };
  };
  return {
    connection: {
      region,
      ...administrator,
      endpoint,
      stsEndpoint: undefined,
      connectTimeoutMs: 5_000,
      timeoutMs: 10_000,
    },
    iam,
    createKey,
    policy: (name, action) => policyCalled(iam, name, action),
    async createUser() {
      users += 1;
      const UserName = `orders+${users}@example`;
      await iam.send(new sdk.CreateUserCommand({ UserName }));
      return UserName;
    },
    give: (user, nth) => ways[nth](iam, user),
    async works(user, nth) {
      const client = clients.get(user) ?? clientOf(await createKey(user));
      clients.set(user, client);
      return isAllowed(client, nth);
    },
    async stop() {
      for (const client of [iam, ...clients.values()]) client.destroy();
      await stop();
    },
  };
}

const ways = {
  async 1(iam: sdk.IAMClient, UserName: string) {
    const PolicyArn = await policyCalled(iam, UserName, 'iam:ListRoles');
    await iam.send(new sdk.AttachUserPolicyCommand({ UserName, PolicyArn }));
  },
  async 2(iam: sdk.IAMClient, UserName: string) {
    const document = { PolicyName: 'own', PolicyDocument: allow('iam:ListUsers') };
    await iam.send(new sdk.PutUserPolicyCommand({ UserName, ...document }));
  },
  async 3(iam: sdk.IAMClient, UserName: string) {
    const GroupName = `${UserName}-team`;
    const document = { PolicyName: 'team', PolicyDocument: allow('iam:ListGroups') };
    await iam.send(new sdk.CreateGroupCommand({ GroupName })).catch(unlessThere);
    await iam.send(new sdk.PutGroupPolicyCommand({ GroupName, ...document }));
    await iam.send(new sdk.AddUserToGroupCommand({ UserName, GroupName }));
  },
} as const;

async function isAllowed(client: sdk.IAMClient, nth: 1 | 2 | 3): Promise<boolean> {
  const acts = {
    1: () => client.send(new sdk.ListRolesCommand({})),
    2: () => client.send(new sdk.ListUsersCommand({})),
    3: () => client.send(new sdk.ListGroupsCommand({})),
  };
  try {
    await acts[nth]();
    return true;
  } catch (error) {
    if (error instanceof Error && error.name.startsWith('AccessDenied')) return false;
    throw error;
  }
}

async function policyCalled(iam: sdk.IAMClient, name: string, action: string): Promise<string> {
  const PolicyName = name.replaceAll(/[+@]/g, '-');
  const command = new sdk.CreatePolicyCommand({ PolicyName, PolicyDocument: allow(action) });
  const made = await iam.send(command).catch(unlessThere);
  return made?.Policy?.Arn ?? `arn:aws:iam::123456789012:policy/${PolicyName}`;
}

export function allow(Action: string): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource: '*' }] });
}

function unlessThere(error: unknown): undefined {
  if (!(error instanceof Error && error.name.startsWith('EntityAlreadyExists'))) throw error;
}

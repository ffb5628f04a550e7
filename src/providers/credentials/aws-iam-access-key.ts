import {
  CreateAccessKeyCommand,
  DeleteAccessKeyCommand,
  GetAccessKeyLastUsedCommand,
  ListAccessKeysCommand,
  UpdateAccessKeyCommand,
  type AccessKeyLastUsed,
  type AccessKeyMetadata,
} from '@aws-sdk/client-iam';
import type { CredentialPort, CredentialState, Issued, LastUse } from '../../contract/credentials.ts';
import { KeyturnError } from '../../contract/errors.ts';
import type { Read, Write } from '../../contract/call.ts';
import type { Provider } from '../../contract/provider.ts';
import type { CredentialRef } from '../../contract/references.ts';
import { Secret } from '../../contract/secret.ts';
import { awsConnection, type AwsConnection } from '../aws-connection.ts';
import { openIam, type Iam } from '../aws-iam.ts';
import { identify } from '../aws-identify.ts';
import { userName } from '../aws-user-name.ts';
import { observe, type Sight } from '../observe.ts';

/**
 * Access keys of an IAM user: the account is the user's name, a credential's id the access key id. AWS allows a user two, and
 * disabled ones count. A new key takes some seconds until it works everywhere, and so does the end of one.
 *
 * Temporary credentials that were taken with a key (GetSessionToken) live on after it, up to 36 hours, and AWS can't end them
 * by the key, so there is no `endSessions`. Asking with `verify` counts as a use of the key.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html
 */
export const provider: Provider<CredentialPort, AwsConnection> = {
  kind: 'aws-iam-access-key',
  config: awsConnection,
  create(connection, world) {
    const iam = openIam(connection);
    const list = (account: string, call: Read) => listKeys(iam, world.connection, account, call);
    return {
      maxLive: 2,
      outlives:
        'temporary credentials taken with a key before live on until they expire, at most 36 hours (GetSessionToken) or 12 (AssumeRole)',
      mint: { at: 'provider', issue: (account, call) => issueKey(iam, world.connection, account, call) },
      list,
      async verify(ref, secret, call) {
        const { AccessKeyId: accessKeyId, UserName } = keyOf(ref);
        return observe(world, () => identify(connection, { accessKeyId, secretAccessKey: secret }, UserName, call));
      },
      async revoke(ref, call) {
        const command = new DeleteAccessKeyCommand(keyOf(ref));
        await iam.change(call, (client, options) => client.send(command, options)).catch(unlessGone);
      },
      suspension: {
        disable: (ref, call) => setStatus(iam, ref, 'Inactive', call).catch(unlessGone),
        enable: (ref, call) => setStatus(iam, ref, 'Active', call),
      },
      async lastUse(ref, call) {
        const command = new GetAccessKeyLastUsedCommand({ AccessKeyId: keyOf(ref).AccessKeyId });
        const { AccessKeyLastUsed } = await iam.ask(call, (client, options) => client.send(command, options));
        return lastUseOf(AccessKeyLastUsed);
      },
      async preflight(account, call) {
        const user = userName(account);
        return observe(world, () => list(user, call).then(() => maySee, unlessClear));
      },
    };
  },
};

async function issueKey(iam: Iam, connection: string, account: string, call: Write): Promise<Issued> {
  const command = new CreateAccessKeyCommand({ UserName: userName(account) });
  const { AccessKey: key } = await iam.change(call, (client, options) => client.send(command, options));
  if (key?.AccessKeyId === undefined || key.SecretAccessKey === undefined) throw incomplete('outcome_unknown');
  return { ref: { connection, account, id: key.AccessKeyId }, secret: new Secret(key.SecretAccessKey) };
}

async function listKeys(iam: Iam, connection: string, account: string, call: Read): Promise<CredentialState[]> {
  const command = new ListAccessKeysCommand({ UserName: userName(account) });
  const { AccessKeyMetadata: keys } = await iam.ask(call, (client, options) => client.send(command, options));
  if (keys === undefined) throw incomplete('unavailable');
  return keys.map((key) => {
    if (key.AccessKeyId === undefined) throw incomplete('unavailable');
    return { ref: { connection, account, id: key.AccessKeyId }, ...stateOf(key) };
  });
}

function stateOf({ Status, CreateDate }: AccessKeyMetadata): Omit<CredentialState, 'ref'> {
  // A status that AWS adds one day is not a disabled one: better to see a key as live than to overlook it.
  return { status: Status === 'Inactive' ? 'disabled' : 'live', createdAt: CreateDate?.toISOString() ?? 'unknown' };
}

async function setStatus(iam: Iam, ref: CredentialRef, Status: 'Active' | 'Inactive', call: Write): Promise<void> {
  const command = new UpdateAccessKeyCommand({ ...keyOf(ref), Status });
  await iam.change(call, (client, options) => client.send(command, options));
}

/** AWS documents no lag for this record; four hours is what it names for its other reports of access. */
function lastUseOf(use: AccessKeyLastUsed | undefined): LastUse {
  const isNever = use?.ServiceName === 'N/A' && use.LastUsedDate === undefined;
  return { at: use?.LastUsedDate?.toISOString() ?? (isNever ? 'never' : 'unknown'), lagSeconds: 14_400 };
}

const maySee: Sight = ['yes', 'AWS knows the user, and the connection may list the access keys'];

function unlessClear(error: unknown): Sight {
  if (error instanceof KeyturnError && ['not_found', 'denied'].includes(error.code)) return ['no', error.message];
  throw error;
}

function keyOf({ account, id }: CredentialRef): { UserName: string; AccessKeyId: string } {
  if (/^\w{16,128}$/.test(id)) return { UserName: userName(account), AccessKeyId: id };
  throw new KeyturnError('invalid_request', 'id: expected an access key id of 16 to 128 letters, digits and _');
}

function incomplete(code: 'outcome_unknown' | 'unavailable'): KeyturnError {
  return new KeyturnError(code, 'AWS gave an answer in which something is missing');
}

function unlessGone(error: unknown): void {
  if (!(error instanceof KeyturnError && error.code === 'not_found')) throw error;
}

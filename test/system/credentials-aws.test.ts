import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { CreateUserCommand, IAMClient } from '@aws-sdk/client-iam';
import type { World } from '../../src/contract/provider.ts';
import { Secret } from '../../src/contract/secret.ts';
import type { AwsBackend } from '../../src/dev/backends/aws.ts';
import { startEmbedded } from '../../src/dev/backends/embedded.ts';
import type { AwsConnection } from '../../src/providers/aws-connection.ts';
import { provider } from '../../src/providers/credentials/aws-iam-access-key.ts';
import { describeCredentialPort, type CredentialSystem } from '../conformance/credentials.ts';
import { call, refuses } from '../conformance/credentials/stage.ts';
import { describeHostileCredentialPort } from '../conformance/hostile-credentials.ts';
import { hostileWords, httpFaults, startHostileProxy, type Fault } from '../fakes/hostile-proxy.ts';

const world: World = {
  connection: 'aws-production',
  fetch: globalThis.fetch,
  now: () => new Date(),
  fingerprint: () => 'hmac-sha256:0',
};

const faults: Readonly<Record<string, Fault>> = {
  ...httpFaults,
  'AWS asks to slow down': awsSays(400, 'Throttling', 'Rate exceeded'),
  'AWS fails': awsSays(500, 'InternalFailure', 'The request processing has failed'),
  'nobody listens': { kind: 'refuse' },
  'the connection is reset': { kind: 'reset' },
  'the answer is lost': { kind: 'lose-reply' },
  'answers come too late': { kind: 'delay', milliseconds: 5_000 },
};

let aws: AwsBackend;
let iam: IAMClient;
let stop: () => Promise<void>;
let connection: AwsConnection;
let users = 0;

before(async () => {
  ({ aws, stop } = await startEmbedded(['aws']));
  const { endpoint, region, accessKeyId, secretAccessKey } = aws;
  iam = new IAMClient({ endpoint, region, credentials: { accessKeyId, secretAccessKey } });
  const key = { accessKeyId, secretAccessKey: new Secret(secretAccessKey) };
  connection = { region, ...key, endpoint, stsEndpoint: undefined, connectTimeoutMs: 5_000, timeoutMs: 10_000 };
});

after(async () => {
  iam.destroy();
  await stop();
});

describeCredentialPort({ name: provider.kind, open: () => open() });
describeHostileCredentialPort({
  name: provider.kind,
  open: openBehindProxy,
  faults: Object.keys(faults).map((name) => ({ name, hits: 'everything' })),
});

test('I5: an issue whose answer was lost is sent once, is outcome_unknown, and leaves the one orphan that list shows', async (t) => {
  const account = await createUser();
  const proxy = await startHostileProxy(hostOf(aws));
  t.after(() => proxy.close());
  const { mint, list } = provider.create({ ...connection, endpoint: `http://127.0.0.1:${proxy.port}` }, world);
  assert.ok(mint.at === 'provider');
  const { issue } = mint;
  await proxy.meet({ kind: 'lose-reply' });
  await refuses(['outcome_unknown'], () => issue(account, call()));
  assert.equal(proxy.forwarded, 1);
  await proxy.meet(undefined);
  assert.equal((await list(account, call())).length, 1);
});

test('a key that belongs to another user than the reference says is unknown, not yes', async () => {
  const [owner, other] = [await createUser(), await createUser()];
  const port = provider.create(connection, world);
  assert.ok(port.mint.at === 'provider');
  const { ref, secret } = await port.mint.issue(owner, call());
  assert.equal((await port.verify({ ...ref, account: other }, secret, call())).is, 'unknown');
});

test('lastUse is never until the key was used, and then the time', async () => {
  const port = provider.create(connection, world);
  assert.ok(port.mint.at === 'provider');
  const { ref, secret } = await port.mint.issue(await createUser(), call());
  assert.equal((await port.lastUse?.(ref, call()))?.at, 'never');
  await port.verify(ref, secret, call());
  assert.match((await port.lastUse?.(ref, call()))?.at ?? '', /^\d{4}-/);
});

test('a connection that AWS does not know is denied, and its preflight is no', async () => {
  const account = await createUser();
  const port = provider.create({ ...connection, accessKeyId: 'AKIAAAAAAAAAAAAAAAAA' }, world);
  await refuses(['denied'], () => port.list(account, call()));
  assert.equal((await port.preflight?.(account, call()))?.is, 'no');
});

test('the gone is done for revoke and disable, and not found for enable', async () => {
  const ref = { connection: 'aws-production', account: await createUser(), id: 'AKIAAAAAAAAAAAAAAAAA' };
  const { revoke, suspension } = provider.create(connection, world);
  await revoke(ref, call());
  await suspension?.disable(ref, call());
  await refuses(['not_found'], async () => suspension?.enable(ref, call()));
});

test('F25: a clock that is off makes AWS call a good signature wrong, and that is unknown, not no', async (t) => {
  const proxy = await startHostileProxy(hostOf(aws));
  t.after(() => proxy.close());
  const port = provider.create({ ...connection, stsEndpoint: `http://127.0.0.1:${proxy.port}` }, world);
  assert.ok(port.mint.at === 'provider');
  const { ref, secret } = await port.mint.issue(await createUser(), call());
  await proxy.meet(awsSays(403, 'SignatureDoesNotMatch', 'Signature expired: 20200101T000000Z is now earlier than'));
  assert.equal((await port.verify(ref, secret, call())).is, 'unknown');
  await proxy.meet(awsSays(403, 'SignatureDoesNotMatch', 'The request signature we calculated does not match'));
  assert.equal((await port.verify(ref, secret, call())).is, 'no');
});

/** An error in the shape that AWS gives it. */
function awsSays(status: number, code: string, message: string): Fault {
  const error = `<Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error>`;
  const body = `<ErrorResponse>${error}<RequestId>c0ffee</RequestId></ErrorResponse>`;
  return { kind: 'answer', status, type: 'text/xml', body, headers: { 'x-amzn-requestid': 'c0ffee' } };
}

async function createUser(): Promise<string> {
  users += 1;
  const UserName = `orders+${users}@example`;
  await iam.send(new CreateUserCommand({ UserName }));
  return UserName;
}

async function open(changed: Partial<AwsConnection> = {}): Promise<CredentialSystem> {
  return {
    port: provider.create({ ...connection, ...changed }, world),
    account: await createUser(),
    neighbour: await createUser(),
    absent: 'nobody-here',
    secrets: [connection.secretAccessKey],
    remoteWords: [
      hostileWords,
      'cannot be found',
      'Deserialization',
      'ECONN',
      'quota for',
      'Rate exceeded',
      'has failed',
    ],
    close: async () => {},
  };
}

async function openBehindProxy() {
  const proxy = await startHostileProxy(hostOf(aws));
  const endpoint = `http://127.0.0.1:${proxy.port}`;
  return {
    ...(await open({ endpoint, connectTimeoutMs: 1_000, timeoutMs: 1_000 })),
    disturb: (name: string | undefined) => proxy.meet(name === undefined ? undefined : faults[name]),
    close: () => proxy.close(),
  };
}

function hostOf({ endpoint }: AwsBackend): { host: string; port: number } {
  const { hostname, port } = new URL(endpoint);
  return { host: hostname, port: Number(port) };
}

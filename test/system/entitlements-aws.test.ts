import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import * as sdk from '@aws-sdk/client-iam';
import type { AwsConnection } from '../../src/providers/aws-connection.ts';
import { provider } from '../../src/providers/entitlements/aws-iam-policies.ts';
import { call, refuses } from '../conformance/credentials/stage.ts';
import { describeEntitlementPort, type EntitlementSystem } from '../conformance/entitlements.ts';
import { describeHostileEntitlementPort } from '../conformance/hostile-entitlements.ts';
import { hostileWords, httpFaults, startHostileProxy, type Fault } from '../fakes/hostile-proxy.ts';
import { worldOf } from '../fakes/world.ts';
import { allow, openAwsUsers, type AwsUsers } from './aws-users.ts';

const faults: Readonly<Record<string, Fault>> = {
  ...httpFaults,
  'AWS asks to slow down': awsSays(400, refusal('Throttling', 'Rate exceeded')),
  'AWS fails': awsSays(500, refusal('InternalFailure', 'The request processing has failed')),
  'nobody listens': { kind: 'refuse' },
  'the connection is reset': { kind: 'reset' },
  'the answer is lost': { kind: 'lose-reply' },
  'answers come too late': { kind: 'delay', milliseconds: 5_000 },
};

let users: AwsUsers;
before(async () => (users = await openAwsUsers()));
after(async () => users.stop());

describeEntitlementPort({ name: provider.kind, open: () => open() });
describeHostileEntitlementPort({
  name: provider.kind,
  async open() {
    const proxy = await startHostileProxy(hostOf(users.connection));
    const endpoint = `http://127.0.0.1:${proxy.port}`;
    return {
      ...(await open({ endpoint, connectTimeoutMs: 1_000, timeoutMs: 1_000 })),
      disturb: (name: string | undefined) => proxy.meet(name === undefined ? undefined : faults[name]),
      close: () => proxy.close(),
    };
  },
  faults: Object.keys(faults).map((name) => ({ name, hits: 'everything' })),
});

test('all pages are listed: more than a hundred policies', async () => {
  const UserName = await users.createUser();
  for (let n = 0; n < 120; n += 1) {
    await users.iam.send(
      new sdk.PutUserPolicyCommand({ UserName, PolicyName: `p${n}`, PolicyDocument: allow('iam:GetUser') }),
    );
    await users.iam.send(
      new sdk.AttachUserPolicyCommand({ UserName, PolicyArn: await users.policy(`${UserName}-${n}`, 'iam:GetUser') }),
    );
  }
  const held = await provider.create(users.connection, worldOf('aws')).list(UserName, call());
  assert.equal(held.length, 240);
  assert.equal(new Set(held.map(({ id }) => id)).size, 240);
});

test('I7: a page that says there is another one and not where is no answer, and neither is one that comes again', async (t) => {
  const user = await users.createUser();
  const proxy = await startHostileProxy(hostOf(users.connection));
  t.after(() => proxy.close());
  const { list, prove } = provider.create(
    { ...users.connection, endpoint: `http://127.0.0.1:${proxy.port}` },
    worldOf('aws'),
  );
  for (const marker of ['', '<Marker>again</Marker>']) {
    const result = `<IsTruncated>true</IsTruncated>${marker}<AttachedPolicies></AttachedPolicies>`;
    const body = `<ListAttachedUserPoliciesResponse><ListAttachedUserPoliciesResult>${result}</ListAttachedUserPoliciesResult></ListAttachedUserPoliciesResponse>`;
    await proxy.meet(awsSays(200, body));
    await refuses(['unavailable'], () => list(user, call()));
    assert.equal((await prove(user, 'group admins', call())).is, 'unknown');
  }
});

test('a connection that may not look is denied, is not ready, and proves nothing', async () => {
  const user = await users.createUser();
  const key = await users.createKey(await users.createUser());
  const weak = provider.create({ ...users.connection, ...key }, worldOf('aws'));
  await refuses(['denied'], () => weak.list(user, call()));
  await refuses(['denied'], () => weak.remove(user, 'group admins', call()));
  assert.equal((await weak.prove(user, 'group admins', call())).is, 'unknown');
  assert.equal((await weak.preflight?.(user, call()))?.is, 'no');
});

test('an inline policy can not be granted by its name, and what does not exist is not found', async () => {
  const user = await users.createUser();
  const { grant } = provider.create(users.connection, worldOf('aws'));
  await refuses(['invalid_request'], async () => grant?.(user, 'inline policy p', call()));
  await refuses(['not_found'], async () => grant?.(user, 'group nobody', call()));
  await refuses(['not_found'], async () => grant?.(user, 'managed policy arn:aws:iam::123456789012:policy/no', call()));
});

async function open(changed: Partial<AwsConnection> = {}): Promise<EntitlementSystem> {
  return {
    port: provider.create({ ...users.connection, ...changed }, worldOf('aws')),
    account: await users.createUser(),
    neighbour: await users.createUser(),
    absent: 'nobody-here',
    give: users.give,
    works: users.works,
    secrets: [users.connection.secretAccessKey],
    remoteWords: [
      hostileWords,
      'cannot be found',
      'not found',
      'not authorized',
      'Deserialization',
      'ECONN',
      'Rate exceeded',
      'has failed',
    ],
    close: async () => {},
  };
}

function refusal(code: string, message: string): string {
  const error = `<Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error>`;
  return `<ErrorResponse>${error}<RequestId>c0ffee</RequestId></ErrorResponse>`;
}

/** An answer in the shape that AWS gives it. */
function awsSays(status: number, body: string): Fault {
  return { kind: 'answer', status, type: 'text/xml', body, headers: { 'x-amzn-requestid': 'c0ffee' } };
}

function hostOf({ endpoint }: { endpoint: string }): { host: string; port: number } {
  const { hostname, port } = new URL(endpoint);
  return { host: hostname, port: Number(port) };
}

import { CreateAccessKeyCommand, IAMClient, UpdateAccessKeyCommand } from '@aws-sdk/client-iam';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { Client as TemporalClient, Connection } from '@temporalio/client';
import { defineSearchAttributeKey } from '@temporalio/common';
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Client as PostgresClient } from 'pg';
import { KeyturnError } from '../../src/contract/errors.ts';
import type { BackendName, DurableBackend } from '../../src/dev/backends/backend.ts';
import { startEmbedded, type Embedded } from '../../src/dev/backends/embedded.ts';
import type { PostgresBackend } from '../../src/dev/backends/postgres.ts';

const run = promisify(execFile);

describe('the four backends', () => {
  let all: Embedded<BackendName>;
  before(async () => {
    const temporal = { searchAttributes: { KeyturnIdentity: 'Keyword' }, retentionDays: 30 } as const;
    all = await startEmbedded(['temporal', 'openbao', 'postgres', 'aws'], { temporal });
  });

  test('OpenBao comes back unsealed with its secrets after SIGKILL', async () => {
    const secret = async (init?: RequestInit): Promise<Response> => {
      const headers = { 'X-Vault-Token': all.openbao.token };
      return fetch(`${all.openbao.address}/v1/secret/data/kept`, { ...init, headers });
    };
    const written = await secret({
      method: 'POST',
      body: JSON.stringify({ data: { word: 'kept' }, options: { cas: 0 } }),
    });
    assert.equal(written.status, 200);
    await killAndRestart(all.openbao);
    const read = (await (await secret()).json()) as { data: { data: object } };
    assert.deepEqual(read.data.data, { word: 'kept' });
  });

  test('PostgreSQL comes back with its rows after SIGKILL, and refuses a wrong password', async () => {
    await query(all.postgres, "create table kept (word text); insert into kept values ('kept')");
    await killAndRestart(all.postgres);
    assert.deepEqual(await query(all.postgres, 'select word from kept'), [{ word: 'kept' }]);
    const stranger = new PostgresClient({ ...all.postgres, password: 'wrong' });
    await assert.rejects(stranger.connect(), { code: '28P01' });
  });

  test('Temporal comes back with its workflows and settings after SIGKILL', async () => {
    const key = defineSearchAttributeKey('KeyturnIdentity', 'KEYWORD');
    const searched = { typedSearchAttributes: [{ key, value: 'app' }] };
    await withTemporal(async ({ workflow }) =>
      workflow.start('waits', { workflowId: 'kept', taskQueue: 'nobody', ...searched }),
    );
    await killAndRestart(all.temporal);
    await withTemporal(async ({ workflow, workflowService }) => {
      const kept = await workflow.getHandle('kept').describe();
      assert.equal(kept.status.name, 'RUNNING');
      assert.equal(kept.typedSearchAttributes.get(key), 'app');
      const { config } = await workflowService.describeNamespace({ namespace: all.temporal.namespace });
      assert.equal(Number(config?.workflowExecutionRetentionTtl?.seconds), 30 * 86_400);
    });
    assert.equal((await fetch(all.temporal.uiUrl ?? '')).status, 200);
  });

  async function withTemporal<Result>(use: (client: TemporalClient) => Promise<Result>): Promise<Result> {
    const connection = await Connection.connect({ address: all.temporal.address });
    try {
      return await use(new TemporalClient({ connection }));
    } finally {
      await connection.close();
    }
  }

  test('AWS refuses a wrong secret, and an Inactive key as if it did not exist', async () => {
    const { endpoint, region, accessKeyId, secretAccessKey } = all.aws;
    const iam = new IAMClient({ endpoint, region, credentials: { accessKeyId, secretAccessKey } });
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'keyturn-admin' }));
    const second = { accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' };
    const whoIs = async (credentials: { accessKeyId: string; secretAccessKey: string }) =>
      new STSClient({ endpoint, region, credentials }).send(new GetCallerIdentityCommand({}));
    assert.match((await whoIs(second)).Arn ?? '', /user\/keyturn-admin$/);
    await assert.rejects(whoIs({ ...second, secretAccessKey: 'wrong' }), { name: 'SignatureDoesNotMatch' });
    const change = { UserName: 'keyturn-admin', AccessKeyId: second.accessKeyId };
    await iam.send(new UpdateAccessKeyCommand({ ...change, Status: 'Inactive' }));
    await assert.rejects(whoIs(second), { name: 'InvalidClientTokenId' });
    await iam.send(new UpdateAccessKeyCommand({ ...change, Status: 'Active' }));
    assert.match((await whoIs(second)).Arn ?? '', /user\/keyturn-admin$/);
  });

  test('no secret is in the arguments of a process, and what is on disk is for this user alone', async () => {
    const { stdout } = await run('ps', ['-Ao', 'args']);
    for (const secret of [all.openbao.token, all.postgres.password, all.aws.secretAccessKey]) {
      assert.ok(secret.length > 10 && !stdout.includes(secret));
    }
    for (const path of ['openbao', 'temporal', 'postgres', 'logs', 'openbao/init.json', 'openbao/unseal.key']) {
      assert.equal((await stat(join(all.folder, path))).mode & 0o077, 0, path);
    }
  });

  test('after stop no process lives and the folder is gone', async () => {
    const pids = [all.temporal, all.openbao, all.postgres, all.aws].map((backend) => backend.pid);
    assert.deepEqual(await running(pids), pids);
    await all.stop();
    await all.stop();
    assert.deepEqual(await running(pids), []);
    assert.equal(existsSync(all.folder), false);
  });

  after(async () => all.stop());
});

test('a second start on a kept folder finds the data and the OpenBao token of the first', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'keyturn-test-'));
  await chmod(folder, 0o711);
  const options = { folder, temporal: { searchAttributes: { KeyturnIdentity: 'Keyword' } } } as const;
  const first = await startEmbedded(['temporal', 'openbao', 'postgres'], options);
  await query(first.postgres, 'create table kept (word text)');
  await first.stop();
  const second = await startEmbedded(['temporal', 'openbao', 'postgres'], options);
  assert.deepEqual(await query(second.postgres, 'select word from kept'), []);
  assert.equal(second.openbao.token, first.openbao.token);
  await second.stop();
  await rm(folder, { recursive: true });
});

test('when one backend fails, the error says which and where its log is, and the others are stopped', async () => {
  const env = { ...process.env, KEYTURN_OPENBAO: '/bin/ls' };
  const heard: string[] = [];
  const failure = await startEmbedded(['openbao', 'postgres'], { env, progress: (name) => heard.push(name) }).then(
    () => assert.fail('it started'),
    (error: unknown) => error,
  );
  assert.ok(failure instanceof KeyturnError);
  assert.match(failure.message, /^openbao ended before it was ready$/);
  assert.deepEqual(heard, ['postgres']);
  const folder = /log, (.*)\/logs\/openbao.log/.exec(failure.hint ?? '')?.[1] ?? '';
  assert.deepEqual(await readdir(folder), ['logs']);
  assert.equal((await run('ps', ['-Ao', 'args'])).stdout.includes(`${folder}/`), false);
  await rm(folder, { recursive: true });
});

for (const signal of ['SIGKILL', 'SIGTERM', 'SIGINT'] as const) {
  test(`${signal} to the process that started the backends ends them and removes their folder`, async () => {
    const child = spawn(process.execPath, ['--input-type=module', '--eval', starter], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const { pids, folder } = JSON.parse(line.toString()) as { pids: number[]; folder: string };
    assert.deepEqual(await running(pids), pids);
    child.kill(signal);
    for (let tries = 0; tries < 100 && existsSync(folder); tries += 1) await sleep(100);
    assert.equal(existsSync(folder), false);
    assert.deepEqual(await running(pids), []);
  });
}

const starter = `
  import { startEmbedded } from ${JSON.stringify(new URL('../../src/dev/backends/embedded.ts', import.meta.url).href)};
  const { temporal, postgres, folder } = await startEmbedded(['temporal', 'postgres']);
  console.log(JSON.stringify({ pids: [temporal.pid, postgres.pid], folder }));
  setInterval(() => {}, 1000);
`;

async function killAndRestart(backend: DurableBackend): Promise<void> {
  const { pid } = backend;
  backend.kill();
  await backend.restart();
  assert.notEqual(backend.pid, pid);
}

/** Those of these processes that live; a zombie that nobody has buried yet does not. */
async function running(pids: readonly number[]): Promise<number[]> {
  const { stdout } = await run('ps', ['-Ao', 'pid=,stat=']);
  const rows = stdout
    .trim()
    .split('\n')
    .map((row) => row.trim().split(/\s+/));
  const living = new Set(rows.filter(([, state]) => !state?.startsWith('Z')).map(([pid]) => Number(pid)));
  return pids.filter((pid) => living.has(pid));
}

async function query(login: PostgresBackend, text: string): Promise<unknown[]> {
  const client = new PostgresClient({ ...login });
  await client.connect();
  const { rows } = await client.query<Record<string, unknown>>(text);
  await client.end();
  return rows;
}

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { OperationStatus } from '../../src/contract/messages.ts';
import { applyManifest } from '../../src/dev/apply-manifest.ts';
import { resolveProgram, temporalCli } from '../../src/dev/backends/binaries.ts';
import { startClientLoad } from '../../src/dev/client-load.ts';
import { openPlayground, type Playground } from '../../src/dev/playground.ts';
import { logIn } from '../system/log-in.ts';
import { openGate } from '../system/open-gate.ts';
import { accessKeys } from './access-keys.ts';

const owner = 'dana@example.com';

describe('a worker killed in the middle of a real rotation', () => {
  let place: Playground;
  before(async () => {
    place = await openPlayground(() => {});
    await applyManifest(place.manifestPath, place.env, () => {});
  });
  after(() => place?.stop());

  test('I1: PostgreSQL: killed right after the new password was installed, it finishes, and no request failed', async () => {
    const load = startClientLoad(place.ordersUrl);
    const { workflowId } = await place.client.rotate({ identity: 'orders-db', reason: 'a test', requestedBy: 'test' });
    await until(place, workflowId, ({ steps }) => steps.some(({ step, state }) => step === 'seal' && state === 'done'));
    await place.worker().kill();
    await place.startWorker();
    const { id, plan } = await openGate(place.client, workflowId);
    await place.client.confirm(workflowId, { gate: id, decision: 'approve', approver: owner, plan });
    const outcome = await place.client.result(workflowId);
    await load.stop();
    assert.equal(outcome.result, 'completed', outcome.because);
    assert.ok(load.requests > 20);
    assert.equal(load.failed, 0, `${load.failed} of ${load.requests} requests failed`);
    assert.match(await logIn(place.backends.postgres, 'orders_a', place.before.orders), /28P01|28000/);
  });

  test('F1, I2, I5: AWS: killed between created and stored, it finishes, and no orphan is left', async () => {
    const made = place.awsReplies.arm(/Action=CreateAccessKey/);
    const { workflowId } = await place.client.rotate({ identity: 'backup-key', reason: 'a test', requestedBy: 'test' });
    await made;
    assert.equal((await accessKeys(place.backends.aws)).length, 2, 'AWS has made the key, and nobody has its secret');
    await place.worker().kill();
    await place.startWorker();
    const { id } = await openGate(place.client, workflowId);
    await place.client.confirm(workflowId, { gate: id, decision: 'approve', approver: owner });
    const outcome = await place.client.result(workflowId);
    assert.equal(outcome.result, 'completed', outcome.because);
    const keys = await accessKeys(place.backends.aws);
    assert.equal(keys.length, 1);
    const { current } = await place.client.record('backup-key');
    assert.deepEqual(keys, [current?.ref.id]);
  });

  test('any Temporal client can start a rotation with a plain JSON object: here the temporal CLI', async () => {
    const input = JSON.stringify({ identity: 'orders-db', reason: 'from a shell', requestedBy: 'shell', dryRun: true });
    await temporal(place, [
      'workflow',
      'start',
      '--task-queue',
      'keyturn',
      '--type',
      'rotateCredential',
      '--workflow-id',
      'rotate/orders-db/shell',
      '--input',
      input,
    ]);
    const outcome = await place.client.result('rotate/orders-db/shell');
    assert.equal(outcome.result, 'planned');
    assert.equal(outcome.plan?.strategy, 'alternate');
  });

  test('F23: no secret stands in any log, nor in the database of Temporal', async () => {
    const secrets = await allSecrets(place);
    assert.ok(secrets.length >= 6 && secrets.every((secret) => secret.length >= 16));
    const folder = place.backends.folder;
    const logs = (await readdir(join(folder, 'logs'))).map((file) => join('logs', file));
    const databases = (await readdir(join(folder, 'temporal'))).map((file) => join('temporal', file));
    for (const file of [...logs, ...databases]) {
      const bytes = await readFile(join(folder, file));
      for (const secret of secrets) {
        for (const spelling of [
          secret,
          Buffer.from(secret).toString('base64').replace(/=+$/, ''),
          Buffer.from(secret).toString('hex'),
        ]) {
          assert.equal(bytes.includes(spelling), false, `a secret stands in ${file}`);
        }
      }
    }
  });
});

async function until(place: Playground, workflowId: string, seen: (status: OperationStatus) => boolean): Promise<void> {
  for (let round = 0; round < 600; round += 1) {
    if (seen(await place.client.status(workflowId))) return;
    await sleep(20);
  }
  throw new Error(`${workflowId} did not come so far`);
}

async function temporal(place: Playground, args: string[]): Promise<void> {
  const program = await resolveProgram(temporalCli, { env: process.env });
  await promisify(execFile)(program, [...args, '--address', place.backends.temporal.address]);
}

async function allSecrets(place: Playground): Promise<string[]> {
  const { before, env, backends } = place;
  const read = async (path: string) => {
    const answer = await fetch(`${backends.openbao.address}/v1/secret/data/${path}`, {
      headers: { 'x-vault-token': backends.openbao.token },
    });
    const { data } = (await answer.json()) as { data: { data: { password: string } } };
    return data.data.password;
  };
  const now = await Promise.all([read('apps/orders/db'), read('apps/backup/aws')]);
  const admin = ['KEYTURN_POSTGRES_PASSWORD', 'KEYTURN_AWS_SECRET', 'KEYTURN_BAO_TOKEN', 'KEYTURN_CODEC_KEY'].map(
    (name) => env[name] ?? '',
  );
  return [before.orders, before.backup.secret, ...now, ...admin];
}

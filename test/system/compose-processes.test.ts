import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { KeyturnClient } from '../../src/client.ts';
import { loadClientConfig } from '../../src/config.ts';
import type { OperationOutcome } from '../../src/contract/messages.ts';
import { readComposeFile, startOrder } from '../deploy/compose-file.ts';
import { startTrial, type Trial } from './compose-trial.ts';
import { approveUntilEnd } from './approve-until-end.ts';
import { trialPrograms } from './trial-programs.ts';
import { logIn } from './log-in.ts';

const programs = await trialPrograms(process.env);
const skip = typeof programs === 'string' && programs;

describe('docker-compose.yml, its processes started by hand', { skip }, () => {
  let trial: Trial;
  before(async () => {
    assert.ok(typeof programs !== 'string');
    const folder = await mkdtemp(join(tmpdir(), 'keyturn-trial-'));
    await chmod(folder, 0o711);
    trial = await startTrial(folder, programs);
  });
  after(async () => {
    await trial?.stop();
    await rm(trial?.folder ?? '', { recursive: true, force: true });
  });

  test('every service but the web interface was started, in the order of depends_on', () => {
    assert.deepEqual(
      trial.started,
      startOrder(readComposeFile()).filter((name) => name !== 'temporal-ui'),
    );
  });

  test('the worker serves its health where the health check asks', async () => {
    assert.equal((await fetch(trial.healthUrl)).status, 200);
  });

  test('a password is rotated end to end on Temporal with PostgreSQL, and the old one is refused', async () => {
    const old = await readFile(join(trial.folder, 'keys/postgres/orders_a.password'), 'utf8');
    assert.equal(await logIn(trial.postgres, 'orders_a', old), 'accepted');
    const outcome = await rotate();
    assert.equal(outcome.result, 'completed', outcome.because);
    assert.equal(await logIn(trial.postgres, 'orders_a', old), '28P01');
    assert.equal((await fetch(trial.ordersUrl)).status, 200);
  });

  test('a second start finds all done: keys, schema, namespace, search attributes and the declaration', async () => {
    await trial.again();
    assert.equal((await fetch(trial.ordersUrl)).status, 200);
  });

  test('no key is in a log or in the arguments of a process, and those of the worker are for its user alone', async () => {
    const logs = [...(await filesIn('logs')), ...(await filesIn('openbao/logs'))];
    const texts = [...logs.map(([, text]) => text), (await promisify(execFile)('ps', ['-Ao', 'args'])).stdout];
    assert.ok(logs.length >= 6, 'every server and workload has a log');
    for (const reader of ['postgres', 'openbao', 'temporal', 'orders-service', 'worker']) {
      for (const [path, key] of await filesIn(`keys/${reader}`)) {
        assert.ok(key.length >= 32 && texts.every((text) => !text.includes(key)), path);
        if (reader === 'worker') assert.equal((await stat(path)).mode & 0o777, 0o600, path);
      }
    }
  });

  async function rotate(): Promise<OperationOutcome> {
    const { codec } = await loadClientConfig(trial.env['KEYTURN_CONFIG']!, {});
    const client = await KeyturnClient.connect({ address: trial.env['TEMPORAL_ADDRESS']!, codec: codec! });
    try {
      const request = { identity: 'orders-db', reason: 'a trial', requestedBy: 'rob@example.com' };
      const { workflowId } = await client.rotate(request);
      return await approveUntilEnd(client, workflowId);
    } finally {
      await client.close();
    }
  }

  async function filesIn(path: string): Promise<[path: string, text: string][]> {
    const folder = join(trial.folder, path);
    const files = (await readdir(folder)).map((name) => join(folder, name));
    return Promise.all(files.map(async (file) => [file, await readFile(file, 'utf8')]));
  }
});

import assert from 'node:assert/strict';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import pg from 'pg';
import type { OperationOutcome } from '../../src/contract/messages.ts';
import { applyManifest } from '../../src/dev/apply-manifest.ts';
import { openPlayground, type Playground } from '../../src/dev/playground.ts';
import { runKeyturn } from '../cli/run-keyturn.ts';
import { approveUntilEnd } from './approve-until-end.ts';
import { logInToOpenBao } from './log-in-to-openbao.ts';
import { logIn } from './log-in.ts';

let place: Playground;
before(async () => {
  place = await openPlayground(() => {});
  await applyManifest(place.manifestPath, place.env, () => {});
});
after(() => place?.stop());

describe('real rotations, and what they look like from outside', () => {
  test('in-place: a PostgreSQL password is replaced after the gate, and the old one is refused', async () => {
    const outcome = await rotate('reports-db');
    assert.equal(outcome.result, 'completed', outcome.because);
    assert.equal(outcome.plan?.strategy, 'in-place');
    const delivered = await readDelivered('reports/credential.json');
    assert.equal(await logIn(place.backends.postgres, 'reports', place.before.reports), '28P01');
    assert.equal(await logIn(place.backends.postgres, 'reports', delivered.secret), 'accepted');
    assert.equal(delivered.mode & 0o077, 0, 'nobody else may read it');
  });

  test('overlap: a secret id of OpenBao is replaced, and the old one is refused', async () => {
    const outcome = await rotate('ci-approle');
    assert.equal(outcome.result, 'completed', outcome.because);
    assert.equal(outcome.plan?.strategy, 'overlap');
    const delivered = await readDelivered('ci/credential.json');
    assert.equal(await logInToOpenBao(place.backends.openbao, place.before.ci.secret), 400);
    assert.equal(await logInToOpenBao(place.backends.openbao, delivered.secret), 200);
  });

  test('a second rotation begins where the first one ended, and destroys the secret that was ours', async () => {
    const { current } = await place.client.record('reports-db');
    assert.ok(current);
    const outcome = await rotate('reports-db');
    assert.equal(outcome.result, 'completed', outcome.because);
    assert.equal(outcome.from, current.secret.fingerprint);
    const { backends } = place;
    const answer = await fetch(`${backends.openbao.address}/v1/secret/data/${current.secret.ref.path}`, {
      headers: { 'x-vault-token': backends.openbao.token },
    });
    assert.equal(answer.status, 404, 'the dead secret is gone from the store');
  });

  test('the worker tells its health and its metrics', async () => {
    const log = await readFile(join(place.backends.folder, 'logs/worker.log'), 'utf8');
    const port = /"healthPort":(\d+)/.exec(log)?.[1];
    const health = await fetch(`http://127.0.0.1:${port}/healthz`);
    assert.equal(health.status, 200);
    const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    assert.match(metrics, /temporal_activity_execution_latency/);
    assert.equal((await fetch(`http://127.0.0.1:${port}/etc`)).status, 404);
  });

  test('every line of the log is JSON and names its run', async () => {
    const log = await readFile(join(place.backends.folder, 'logs/worker.log'), 'utf8');
    const lines = log
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    assert.ok(lines.some(({ operation }) => String(operation).startsWith('rotate/reports-db/')));
  });
});

describe('a bad day: a clear error, an exit code that says which kind, and nothing changed', () => {
  test('a sealed OpenBao: exit 3, and it is named', async () => {
    const { openbao } = place.backends;
    const sealed = await fetch(`${openbao.address}/v1/sys/seal`, {
      method: 'POST',
      headers: { 'x-vault-token': openbao.token },
    });
    assert.equal(sealed.status, 204);
    const { code, stdout, stderr } = await keyturn('plan', 'orders-db', '--as', 'rob@example.com');
    assert.equal(code, 3, stdout + stderr);
    assert.match(stdout + stderr, /store: OpenBao is sealed|OpenBao.*sealed/i);
    await openbao.restart();
  });

  test('a connection with the wrong password: exit 2, and the connection is named', async () => {
    const client = new pg.Client(place.backends.postgres);
    await client.connect();
    await client.query("alter role keyturn password 'changed by somebody'");
    const { code, stdout, stderr } = await keyturn('plan', 'orders-db', '--as', 'rob@example.com');
    await client.query(`alter role keyturn password '${place.env['KEYTURN_POSTGRES_PASSWORD']}'`);
    await client.end();
    assert.equal(code, 2, stdout + stderr);
    assert.match(stdout + stderr, /orders-db: /);
    assert.doesNotMatch(stdout + stderr, /changed by somebody/);
  });

  test('PostgreSQL is down: exit 3, and the connection is named', async () => {
    await place.backends.postgres.stop();
    const { code, stdout, stderr } = await keyturn('plan', 'orders-db', '--as', 'rob@example.com');
    await place.backends.postgres.restart();
    assert.equal(code, 3, stdout + stderr);
    assert.match(stdout + stderr, /orders-db: /);
  });

  test('after all that a rotation completes, on what was there before', async () => {
    assert.equal(
      await logIn(place.backends.postgres, 'orders_a', place.before.orders),
      'accepted',
      'the bad day changed nothing',
    );
    const outcome = await rotate('orders-db');
    assert.equal(outcome.result, 'completed', outcome.because);
  });
});

async function rotate(identity: string): Promise<OperationOutcome> {
  const { client } = place;
  const { workflowId } = await client.rotate({ identity, reason: 'a test', requestedBy: 'test' });
  return approveUntilEnd(client, workflowId);
}

async function readDelivered(file: string): Promise<{ secret: string; mode: number }> {
  const path = join(place.backends.folder, 'files', file);
  const { password } = JSON.parse(await readFile(path, 'utf8')) as { password: string };
  return { secret: password, mode: (await stat(path)).mode };
}

function keyturn(...args: string[]) {
  return runKeyturn(args, { env: place.env });
}

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { CreateAccessKeyCommand, IAMClient } from '@aws-sdk/client-iam';
import pg from 'pg';
import type { OperationOutcome } from '../../src/contract/messages.ts';
import { applyManifest } from '../../src/dev/apply-manifest.ts';
import { openPlayground, type Playground } from '../../src/dev/playground.ts';
import { runKeyturn } from '../cli/run-keyturn.ts';
import { accessKeys, useAccessKey } from '../faults/access-keys.ts';
import { approveUntilEnd } from './approve-until-end.ts';
import { logInToOpenBao } from './log-in-to-openbao.ts';
import { logIn } from './log-in.ts';

let place: Playground;
before(async () => {
  place = await openPlayground(() => {});
  await applyManifest(place.manifestPath, place.env, () => {});
});
after(() => place?.stop());

describe('I10: contained means refused, tried at the real systems without Keyturn', () => {
  test('PostgreSQL, two roles: contained while a rotation stands at its gate, sessions included; then re-opened', async () => {
    const { client, backends, before: old } = place;
    const server = new pg.Client(backends.postgres);
    await server.connect();
    const rotation = await client.rotate({ identity: 'orders-db', reason: 'a test', requestedBy: 'rob@example.com' });
    for await (const { gates } of client.watch(rotation.workflowId)) if (gates.length > 0) break;
    const held = new pg.Client({ ...backends.postgres, database: 'orders', user: 'orders_a', password: old.orders });
    const closed = new Promise((resolve) => held.on('error', resolve));
    await held.connect();

    const { result, because, residual, seconds } = await contain('orders-db');
    assert.equal(result, 'completed', because);
    assert.match(residual ?? '', /standby/);
    assert.ok(seconds && seconds.disabled > 0);
    assert.equal((await client.result(rotation.workflowId)).result, 'stopped');
    await closed;
    assert.equal(await logIn(backends.postgres, 'orders_a', old.orders), '28P01');
    const roles = "select rolname, rolcanlogin from pg_roles where rolname like 'orders__' order by 1";
    const { rows } = await server.query<{ rolname: string; rolcanlogin: boolean }>(roles);
    await server.end();
    assert.deepEqual(rows, [
      { rolname: 'orders_a', rolcanlogin: false },
      { rolname: 'orders_b', rolcanlogin: false },
    ]);
    const refused = await runKeyturn(
      ['rotate', 'orders-db', '--reason', 'a test', '--as', 'rob@example.com', '--wait'],
      { env: place.env },
    );
    assert.equal(refused.code, 4, refused.stdout + refused.stderr);

    const reopened = await client.reopen({ identity: 'orders-db', reason: 'a test', requestedBy: 'sam@example.com' });
    assert.equal((await approveUntilEnd(client, reopened.workflowId)).result, 'completed');
    const anew = await client.rotate({ identity: 'orders-db', reason: 'a test', requestedBy: 'rob@example.com' });
    const outcome = await approveUntilEnd(client, anew.workflowId);
    assert.equal(outcome.result, 'completed', outcome.because);
    assert.equal((await fetch(place.ordersUrl)).status, 200, 'the service works on the new one');
  });

  test('PostgreSQL, one role', async () => {
    const { result, because } = await contain('reports-db');
    assert.equal(result, 'completed', because);
    assert.match(await logIn(place.backends.postgres, 'reports', place.before.reports), /^28(000|P01)$/);
  });

  test('AWS: both keys of the user, also the one that somebody else made', async () => {
    const { endpoint, region, accessKeyId, secretAccessKey } = place.backends.aws;
    const iam = new IAMClient({ endpoint, region, credentials: { accessKeyId, secretAccessKey } });
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'backup' }));
    iam.destroy();
    const stranger = { id: AccessKey?.AccessKeyId ?? '', secret: AccessKey?.SecretAccessKey ?? '' };
    assert.equal(await useAccessKey(place.backends.aws, stranger), 'accepted');
    const { result, because, residual } = await contain('backup-key');
    assert.equal(result, 'completed', because);
    assert.match(residual ?? '', /36 hours/);
    assert.deepEqual(await accessKeys(place.backends.aws), []);
    for (const key of [stranger, place.before.backup])
      assert.equal(await useAccessKey(place.backends.aws, key), 'InvalidClientTokenId');
  });

  test('OpenBao: a secret id', async () => {
    const { result, because } = await contain('ci-approle');
    assert.equal(result, 'completed', because);
    assert.equal(await logInToOpenBao(place.backends.openbao, place.before.ci.secret), 400);
  });

  test('how long each part took is a metric of the worker', async () => {
    const log = await readFile(join(place.backends.folder, 'logs/worker.log'), 'utf8');
    const port = /"healthPort":(\d+)/.exec(log)?.[1];
    const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    for (const until of ['disabled', 'revoked', 'proven'])
      assert.match(metrics, new RegExp(`keyturn_containment_seconds_count\\{[^}]*until="${until}"`));
  });
});

async function contain(identity: string): Promise<OperationOutcome> {
  const { client } = place;
  const { workflowId } = await client.contain({ identity, reason: 'a test', requestedBy: 'rob@example.com' });
  return approveUntilEnd(client, workflowId);
}

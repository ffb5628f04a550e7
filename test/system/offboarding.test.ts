import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { CreateAccessKeyCommand, IAMClient } from '@aws-sdk/client-iam';
import pg from 'pg';
import { applyManifest } from '../../src/dev/apply-manifest.ts';
import { hasSchedule } from '../../src/dev/has-schedule.ts';
import { declareOrdersInFull } from '../../src/dev/leaving-orders.ts';
import { lookAtServed, revokedBy } from '../../src/dev/look-at-certificate.ts';
import { openPlayground, type Playground } from '../../src/dev/playground.ts';
import { accessKeys, useAccessKey } from '../faults/access-keys.ts';
import { approveUntilEnd } from './approve-until-end.ts';
import { approve, sayGone, untilStep } from './gone-at-gates.ts';
import { openGate } from './open-gate.ts';
import { logInToOpenBao } from './log-in-to-openbao.ts';
import { logIn } from './log-in.ts';
import { delivered, listed } from './openbao-folder.ts';

const orders = 'orders-db';
const schedule = 'rotate/orders-db';
const owner = 'dana@example.com';
const asked = { reason: 'a test', requestedBy: 'rob@example.com' } as const;

let place: Playground;
before(async () => {
  place = await openPlayground(() => {}, { shop: true });
  await applyManifest(place.manifestPath, place.env, () => {});
});
after(() => place?.stop());

describe('F24: what leaves is gone by the word of the real systems, asked without Keyturn', () => {
  test('PostgreSQL: a service that still runs is not gone, and an abort in the time of watching enables all again', async () => {
    const { client, backends } = place;
    await declareOrdersInFull(place, { offboarding: { observe: '1h', reprobe: '6s' } });
    const rotated = await client.rotate({ identity: orders, ...asked });
    assert.equal((await approveUntilEnd(client, rotated.workflowId)).result, 'completed');
    const { password } = await delivered(backends.openbao, 'apps/orders/db');

    const { workflowId } = await client.offboard({ identity: orders, ...asked });
    const first = await openGate(client, workflowId, 'gone-orders-service');
    await approve(client, workflowId, first);
    const again = await openGate(client, workflowId, 'gone-orders-service-2');
    assert.match(again.evidence[0] ?? '', /gone, on the word of dana@example\.com, but it is seen to run on it still/);
    assert.equal((await fetch(place.ordersUrl)).status, 200, 'nothing was taken from it');
    await place.workloads['orders-service'].stop();
    await approve(client, workflowId, again);

    await untilStep(client, workflowId, 'watch');
    assert.equal(await logIn(backends.postgres, 'orders_b', password), '28000', 'a role that may not log in');
    await client.abort(workflowId, { by: owner, reason: 'somebody was forgotten' });
    const { result, because } = await client.result(workflowId);
    assert.equal(result, 'rolled-back', because);
    assert.equal(await logIn(backends.postgres, 'orders_b', password), 'accepted');
    assert.equal(await hasSchedule(backends.temporal, schedule), true);
    assert.equal((await client.record(orders)).state, 'active');
  });

  test('PostgreSQL: what comes back is ended again, and then nothing is left', async () => {
    const { client, backends, before: old } = place;
    await declareOrdersInFull(place, { offboarding: { observe: '1s', reprobe: '6s' } });
    const { password } = await delivered(backends.openbao, 'apps/orders/db');
    assert.equal(await logIn(backends.postgres, 'orders_b', password), 'accepted');
    assert.equal((await listed(backends.openbao, 'keyturn/orders-db')).length, 1);
    const { workflowId } = await client.offboard({ identity: orders, ...asked });
    await approve(client, workflowId, await openGate(client, workflowId, 'gone-orders-service'));

    await untilStep(client, workflowId, 'wait');
    assert.match(await logIn(backends.postgres, 'orders_b', password), /^28(000|P01)$/);
    await sql("alter role orders_b login password 'by hand' valid until 'infinity'");
    await sql('grant orders_owner to orders_a granted by keyturn');
    assert.equal(await logIn(backends.postgres, 'orders_b', 'by hand'), 'accepted');
    const { result, because, items } = await client.result(workflowId);
    assert.equal(result, 'completed', because);
    const journal = (await client.journal(workflowId)).map(({ because: words }) => words ?? '');
    assert.ok(
      journal.some((words) => words.startsWith('REOPENED: 1 credentials and 1 entitlements')),
      journal.join('\n'),
    );
    assert.ok(
      journal.some((words) => words === 'all is gone still'),
      'it looked once more after that',
    );

    for (const [role, secret] of [
      ['orders_a', old.orders],
      ['orders_b', password],
      ['orders_b', 'by hand'],
    ] as const)
      assert.match(await logIn(backends.postgres, role, secret), /^28(000|P01)$/, role);
    assert.deepEqual(await sql("select rolname, rolcanlogin from pg_roles where rolname like 'orders__' order by 1"), [
      { rolname: 'orders_a', rolcanlogin: false },
      { rolname: 'orders_b', rolcanlogin: false },
    ]);
    const held = "select 1 from pg_auth_members where member in ('orders_a'::regrole, 'orders_b'::regrole)";
    assert.deepEqual(await sql(held), []);
    assert.deepEqual(await listed(backends.openbao, 'keyturn/orders-db'), []);
    assert.equal(await hasSchedule(backends.temporal, schedule), false);
    assert.deepEqual(items?.map(({ what, became }) => `${what.replace(/[0-9a-f]{32}$/, '*')}: ${became}`).toSorted(), [
      'consumer orders-service: gone, on the word of dana@example.com',
      'credential orders_b: revoked, and shown to be refused',
      'orders_a is a member of orders_owner, granted by keyturn: taken away',
      'orders_b is a member of orders_owner, granted by keyturn: taken away',
      'schedules: ended',
      'secret at keyturn/orders-db/*: destroyed',
    ]);
    await refuses(orders);
  });

  test('AWS: both keys of the user, also the one that somebody else made', async () => {
    const { client, backends, before: old, workloads } = place;
    const { endpoint, region, accessKeyId, secretAccessKey } = backends.aws;
    const iam = new IAMClient({ endpoint, region, credentials: { accessKeyId, secretAccessKey } });
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'backup' }));
    iam.destroy();
    const other = { id: AccessKey?.AccessKeyId ?? '', secret: AccessKey?.SecretAccessKey ?? '' };
    for (const key of [other, old.backup]) assert.equal(await useAccessKey(backends.aws, key), 'accepted');
    await workloads['backup-agent'].stop();
    const { workflowId } = await client.offboard({ identity: 'backup-key', ...asked });
    const { result, because, residual } = await sayGone(client, workflowId);
    assert.equal(result, 'completed', because);
    assert.match(residual ?? '', /36 hours/);
    assert.deepEqual(await accessKeys(backends.aws), []);
    for (const key of [other, old.backup]) assert.equal(await useAccessKey(backends.aws, key), 'InvalidClientTokenId');
    await refuses('backup-key');
  });

  test('all that is left of one owner: a password, a secret id and a certificate, in one run with a line each', async () => {
    const { client, backends, before: old, shop } = place;
    assert.ok(shop);
    const { certificate } = await lookAtServed(shop.nginx, shop.served[0]!.serverName, shop.first.root);
    const root = new X509Certificate(shop.first.root);
    assert.deepEqual(await revokedBy(backends.openbao, certificate, root), { list: false, responder: false });
    assert.equal(await logIn(backends.postgres, 'reports', old.reports), 'accepted');
    assert.equal(await logInToOpenBao(backends.openbao, old.ci.secret), 200);
    await shop.nginx.stop();
    const { workflowId } = await client.offboardOwner({ owner, ...asked });
    const { result, because, items } = await sayGone(client, workflowId, { everywhere: true });
    assert.equal(result, 'completed', because);
    assert.deepEqual(
      items?.toSorted((one, next) => one.what.localeCompare(next.what)),
      ['backup-key', 'ci-approle', 'orders-db', 'reports-db', 'shop-cert'].map((id) => ({
        what: `identity ${id}`,
        became: 'out of service',
      })),
    );
    assert.match(await logIn(backends.postgres, 'reports', old.reports), /^28(000|P01)$/);
    assert.equal(await logInToOpenBao(backends.openbao, old.ci.secret), 400);
    assert.deepEqual(await revokedBy(backends.openbao, certificate, root), { list: true, responder: true });
    for (const identity of ['ci-approle', 'reports-db', 'shop-cert']) await refuses(identity);
  });
});

async function refuses(identity: string): Promise<void> {
  const { client } = place;
  const { workflowId } = await (identity === 'shop-cert'
    ? client.reissue({ identity, ...asked })
    : client.rotate({ identity, ...asked }));
  await assert.rejects(client.result(workflowId), { code: 'identity_contained', message: /offboarded/ });
}

async function sql(text: string): Promise<object[]> {
  const server = new pg.Client(place.backends.postgres);
  await server.connect();
  try {
    return (await server.query<object>(text)).rows;
  } finally {
    await server.end();
  }
}

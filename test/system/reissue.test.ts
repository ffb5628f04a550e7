import assert from 'node:assert/strict';
import type { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { describe, test } from 'node:test';
import proto from '@temporalio/proto';
import { namesOf, serialOf } from '../../src/certificates/chain.ts';
import type { OperationOutcome } from '../../src/contract/messages.ts';
import { approveUntilEnd } from './approve-until-end.ts';
import { haproxy, startHaproxy } from './haproxy-server.ts';
import { openGate } from './open-gate.ts';
import { startReissueGround } from './reissue-ground.ts';

const ground = await startReissueGround({
  shop: { names: ['shop.example.com', 'www.shop.example.com'], servers: ['told', 'told'] },
  deaf: { names: ['deaf.example.com'], servers: ['told', 'deaf'] },
  mixed: { names: ['*.mixed.example.com', 'mixed.example.com', '127.0.0.1'], key: 'rsa-2048' },
  ordered: { names: ['ordered.example.com'], authority: 'acme' },
  leaked: { names: ['leaked.example.com'] },
  ...(haproxy === undefined ? {} : { proxied: { names: ['proxied.example.com'], start: startHaproxy } }),
});
const { client, sites, revoked } = ground;
const by = { reason: 'a test', requestedBy: 'rob@example.com' };
const never = { list: false, responder: false };
const everywhere = { list: true, responder: true };

type Id = keyof typeof sites;

describe('a certificate is reissued on real systems, seen from outside', () => {
  test('every endpoint serves the new leaf, and the list and the responder have the old one', async () => {
    const { old, fresh, outcome } = await reissue('shop');
    assert.equal(outcome.plan?.strategy, 'overlap');
    assert.deepEqual(namesOf(fresh), ['shop.example.com', 'www.shop.example.com']);
    assert.notDeepEqual(old.publicKey.export({ format: 'jwk' }), fresh.publicKey.export({ format: 'jwk' }));
  });

  test('a second reissue begins where the first one ended', async () => {
    const { current } = await client.record('shop');
    const { old } = await reissue('shop');
    assert.equal(serialOf(old), current?.ref.id);
  });

  test('an RSA key, a wildcard and an address', async () => {
    const { fresh } = await reissue('mixed');
    assert.equal(fresh.publicKey.asymmetricKeyType, 'rsa');
    assert.equal(fresh.publicKey.asymmetricKeyDetails?.modulusLength, 2_048);
    assert.deepEqual(namesOf(fresh), ['*.mixed.example.com', '127.0.0.1', 'mixed.example.com']);
  });

  test('ordered by ACME, each name proven anew, and revoked by it', async () => void (await reissue('ordered')));

  test('behind HAProxy', { skip: haproxy === undefined && 'there is no haproxy on PATH' }, async () => {
    const { fresh } = await reissue('proxied');
    assert.deepEqual(namesOf(fresh), ['proxied.example.com']);
  });

  test('F21: an endpoint that did not reload keeps the old one from being revoked, until a person has reloaded it', async () => {
    const [old] = await sites.deaf.look();
    const { workflowId } = await client.reissue({ ...by, identity: 'deaf' });
    const gate = await openGate(client, workflowId);
    assert.equal(gate.id, 'retry-deaf-1');
    assert.match(gate.evidence.join(), /deaf-1 was not seen on it: no, .*serves another certificate/);
    assert.deepEqual(await revoked(old!), never);
    assert.deepEqual((await sites.deaf.look()).map(serialOf)[1], serialOf(old!), 'the deaf one serves the old one');
    await sites.deaf.keyLines();
    await sites.deaf.servers[1]!.reload();
    const outcome = await approveUntilEnd(client, workflowId);
    assert.equal(outcome.result, 'completed', outcome.because);
    await assertReplaced('deaf', old!);
  });

  test('I10: contained: the authority says so itself, and what goes on serving it is named', async () => {
    const [old] = await sites.leaked.look();
    assert.deepEqual(await revoked(old!), never);
    const { workflowId } = await client.contain({ ...by, identity: 'leaked' });
    const { result, because, residual } = await approveUntilEnd(client, workflowId);
    assert.equal(result, 'completed', because);
    assert.deepEqual(await revoked(old!), everywhere);
    assert.match(
      residual ?? '',
      new RegExp(`accepts a certificate until it expires, at ${old!.validToDate.toISOString()}`),
    );
    assert.equal((await client.record('leaked')).state, 'contained');
    assert.equal(serialOf((await sites.leaked.look())[0]!), serialOf(old!), 'nobody took it from the server');
    const refused = await client.reissue({ ...by, identity: 'leaked' });
    await assert.rejects(client.result(refused.workflowId), { code: 'identity_contained' });
  });

  test('F23: no line of any private key is in any history, or in the log of the worker', async () => {
    const lines = (await Promise.all(Object.values(sites).map((site) => site.keyLines()))).flat();
    assert.ok(lines.length > 40, `${lines.length} lines are looked for`);
    const histories = await allHistories();
    assert.ok(histories.size >= 11, `${histories.size} histories`);
    const { current } = await client.record('shop');
    assert.ok(histories.get('identity/shop')?.includes(current?.ref.id ?? '?'), 'what is in a history can be found');
    const places = new Map([...histories, ['the log', await readFile(ground.logFile)]]);
    for (const [place, bytes] of places)
      for (const line of lines)
        for (const text of [line, Buffer.from(line).toString('base64').replace(/=+$/, '')])
          assert.equal(bytes.includes(text), false, `a line of a private key is in ${place}`);
  });
});

/** Reissues, approving each gate, and looks at all that can be seen of it from outside. */
async function reissue(id: Id): Promise<{ old: X509Certificate; fresh: X509Certificate; outcome: OperationOutcome }> {
  const [old] = await sites[id].look();
  assert.deepEqual(await revoked(old!), never, 'it was good before');
  const { workflowId } = await client.reissue({ ...by, identity: id });
  const outcome = await approveUntilEnd(client, workflowId);
  assert.equal(outcome.result, 'completed', outcome.because);
  return { old: old!, fresh: await assertReplaced(id, old!), outcome };
}

async function assertReplaced(id: Id, old: X509Certificate): Promise<X509Certificate> {
  await sites[id].keyLines();
  const [fresh, ...others] = await sites[id].look();
  const { current } = await client.record(id);
  for (const each of [fresh!, ...others]) assert.equal(serialOf(each), current?.ref.id);
  assert.notEqual(serialOf(fresh!), serialOf(old));
  assert.deepEqual(await revoked(old), everywhere);
  assert.deepEqual(await revoked(fresh!), never);
  return fresh!;
}

/** Of all runs that there are, by workflow id. */
async function allHistories(): Promise<Map<string, Buffer>> {
  const found = new Map<string, Buffer>();
  for await (const { workflowId, runId } of ground.temporal.workflow.list()) {
    const history = await ground.temporal.workflow.getHandle(workflowId, runId).fetchHistory();
    const bytes = Buffer.from(proto.temporal.api.history.v1.History.encode(history).finish());
    found.set(workflowId, Buffer.concat([found.get(workflowId) ?? Buffer.alloc(0), bytes]));
  }
  return found;
}

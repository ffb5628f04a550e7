import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Desk } from './desk.ts';

const grants = { connection: 'grants', account: 'orders' };
const patience = { within: 300, successes: 2 };

test('what is held is shown up to 500 at a time, and how much more there is', async () => {
  const desk = new Desk('alternate');
  for (let n = 0; n < 620; n += 1) desk.world.entitlements.give('orders', `t${n}`);
  const { held, more } = await desk.run((all) => all.listEntitlements(grants));
  assert.deepEqual([held.length, more], [500, 120]);
});

test('nothing held is an empty answer, and an account that nobody knows is none', async () => {
  const desk = new Desk('alternate');
  assert.deepEqual(await desk.run((all) => all.listEntitlements(grants)), { held: [], more: 0 });
  const unknown = desk.run((all) => all.listEntitlements({ ...grants, account: 'nobody' }));
  await assert.rejects(unknown, { type: 'not_found', nonRetryable: true });
});

test('gone is yes, held is no, and what can not be asked stays unknown', async () => {
  const desk = new Desk('alternate');
  desk.world.entitlements.give('orders', 'read');
  const prove = (change: object) =>
    desk.run((all) => all.proveEntitlementGone({ ...grants, ...patience, id: 'read', ...change }));
  assert.equal((await prove({})).is, 'no');
  assert.equal((await prove({ id: 'write' })).is, 'yes');
  assert.equal((await prove({ account: 'nobody' })).is, 'unknown');
});

test('what a person has to hand over is conflict, which is not sent again, and stays', async () => {
  const desk = new Desk('alternate').hold();
  desk.world.entitlements.give('orders', 'owner', 'give it to somebody else');
  const remove = desk.run((all) => all.removeEntitlement({ ...desk.by, ...grants, id: 'owner', operation: 'o' }));
  await assert.rejects(remove, { type: 'conflict', nonRetryable: true });
  assert.ok(desk.world.entitlements.holds('orders', 'owner'));
});

test('whether it may be taken away is unknown where the system can not be asked, and never yes', async () => {
  const desk = new Desk('alternate', (world) => {
    const { preflight: _, ...port } = world.entitlements.get('grants')!;
    return { ...world, entitlements: new Map([['grants', port]]) };
  });
  assert.equal((await desk.run((all) => all.checkEntitlements(grants))).is, 'unknown');
  assert.equal((await new Desk('alternate').run((all) => all.checkEntitlements(grants))).is, 'yes');
});

test('a connection that the worker does not have is named, with those that it has', async () => {
  const asked = new Desk('alternate').run((all) => all.listEntitlements({ ...grants, connection: 'gone' }));
  await assert.rejects(asked, {
    type: 'invalid_request',
    message: /no entitlement connection is called "gone".*grants/,
  });
});

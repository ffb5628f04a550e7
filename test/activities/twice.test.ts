import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Desk } from './desk.ts';
import { cases } from './twice.ts';

for (const [name, each] of Object.entries(cases)) {
  const { kind, shape = 'alternate' } = each;
  const sentence = {
    read: `${name} changes nothing, however often it is called`,
    write: `I6: ${name} called twice with one operation id leaves the world as one success would`,
    message: `${name} called twice tells twice, and changes nothing else`,
  }[kind];
  test(sentence, async () => {
    const desk = name === 'openOperation' ? new Desk(shape) : new Desk(shape).hold();
    await each.prepare?.(desk);
    const [before, noticesBefore] = [desk.snapshot(), desk.world.notices.length];
    const first = await each.act(desk);
    const once = desk.snapshot();
    const second = await each.act(desk);
    assert.deepEqual(desk.snapshot(), once, 'the second call changed the world');
    if (kind === 'write')
      assert.notDeepEqual(once, before, 'the first call changed nothing, so the second proves nothing');
    else assert.deepEqual(once, before);
    assert.equal(desk.world.notices.length - noticesBefore, kind === 'message' ? 2 : 0);
    if (name !== 'retractCredential') assert.deepEqual(withoutTimes(second), withoutTimes(first));
    else assert.deepEqual([first === null, second], [false, null], 'the second call finds nothing to take back');
  });
}

/** When something was seen differs from call to call; what was seen does not. */
function withoutTimes(answer: unknown): unknown {
  return answer === undefined
    ? undefined
    : JSON.parse(JSON.stringify(answer, (key, value) => (key === 'at' ? '' : value)));
}

for (const shape of ['overlap', 'alternate', 'in-place'] as const)
  test(`I6: ${shape}: taking back one candidate twice leaves the identity as it was found`, async () => {
    const desk = new Desk(shape).hold();
    const before = desk.snapshot();
    await desk.fresh();
    assert.notDeepEqual(desk.snapshot(), before);
    for (let n = 0; n < 2; n += 1)
      await desk.run((all) => all.retractCredential({ ...desk.minting, survivor: desk.old }));
    assert.deepEqual(desk.snapshot(), before);
  });

const deadly = ['disableCredential', 'revokeCredential'] as const;

for (const name of deadly) {
  test(`F11: ${name} refuses while the survivor is not accepted`, async () => {
    const desk = new Desk('alternate').hold();
    const fresh = await desk.fresh();
    desk.world.system.credentials.find(({ id }) => id === fresh.ref.id)!.status = 'disabled';
    const destruction = { ...desk.by, victim: desk.old, survivor: fresh, operation: 'o' };
    await assert.rejects(
      desk.run((all) => all[name](destruction)),
      { type: 'conflict', nonRetryable: true },
    );
    assert.ok(desk.world.system.accepts(desk.old.ref.id, desk.world.first.secret));
  });

  test(`I7: ${name} is sent again, not carried out, while nobody knows whether the survivor works`, async () => {
    const desk = new Desk('alternate').hold();
    const fresh = await desk.fresh();
    desk.world.system.login = () => 'unknown';
    const destruction = { ...desk.by, victim: desk.old, survivor: fresh, operation: 'o' };
    await assert.rejects(
      desk.run((all) => all[name](destruction)),
      { type: 'unavailable', nonRetryable: false },
    );
    desk.world.system.login = undefined;
    assert.ok(desk.world.system.accepts(desk.old.ref.id, desk.world.first.secret));
  });

  test(`I1: ${name} does not take a credential away on the strength of itself`, async () => {
    const desk = new Desk('alternate').hold();
    await assert.rejects(
      desk.run((all) => all[name]({ ...desk.by, victim: desk.old, survivor: desk.old, operation: 'o' })),
      {
        type: 'conflict',
      },
    );
    assert.ok(desk.world.system.accepts(desk.old.ref.id, desk.world.first.secret));
  });
}

for (const shape of ['overlap', 'alternate', 'in-place'] as const)
  test(`I1: ${shape}: taking back never touches the credential that is to survive, nor its secret`, async () => {
    const desk = new Desk(shape).hold();
    const current = await desk.fresh();
    await desk.run((all) => all.retractCredential({ ...desk.minting, survivor: current })).catch(() => undefined);
    const alive = desk.world.system.credentials.find(({ id }) => id === current.ref.id);
    assert.equal(alive?.status, 'live');
    assert.ok(desk.world.store.holds(alive.secret), 'I2: its secret can no longer be recovered');
  });

for (const [name, { kind, shape = 'alternate', prepare, act }] of Object.entries(cases)) {
  if (kind !== 'write' || name === 'openOperation' || name === 'closeOperation') continue;
  test(`F12: ${name} is refused as hold_lost, and changes nothing, for an operation that no longer holds the identity`, async () => {
    const desk = new Desk(shape).hold();
    await prepare?.(desk);
    desk.hold('another');
    const before = desk.snapshot();
    await assert.rejects(act(desk), { type: 'hold_lost', nonRetryable: true });
    assert.deepEqual(desk.snapshot(), before);
  });
}

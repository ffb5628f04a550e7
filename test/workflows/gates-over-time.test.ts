import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Activities } from '../../src/activities/index.ts';
import { Harness, type Rotation, type Stage } from './harness.ts';
import { MemoryWorld } from './memory-world.ts';

const harness = new Harness();
const intervention = { approvers: ['dana@example.com', 'eve@example.com'], proof: 'none' };
const gate = { ...intervention, expires: '2h' };
const soon = { quiet: '1s', observe: '1s' };

const verifications = async (stage: Stage, run: Rotation): Promise<number> =>
  (await stage.status(run)).steps.filter(({ step, state }) => step === 'verify' && state === 'done').length;

test('F19: a retirement gate that expires revokes nothing; consumers are verified again, and the question is asked anew', async () => {
  const world = new MemoryWorld('alternate');
  await harness.run(
    world,
    async (stage) => {
      const run = await stage.rotate();
      const first = await stage.gate(run, 'retirement');
      const seen = await verifications(stage, run);
      await stage.env.sleep('2h');
      const second = await stage.gate(run, 'retirement-2');
      assert.deepEqual([first.id, second.id], ['retirement', 'retirement-2']);
      assert.notEqual(second.plan, first.plan);
      assert.ok(world.system.accepts(world.first.id, world.first.secret));
      assert.equal(await verifications(stage, run), seen + 2, 'each consumer was seen once more');
      const { gates } = await stage.status(run);
      assert.deepEqual(
        gates.map(({ id, state }) => [id, state]),
        [
          ['retirement', 'expired'],
          ['retirement-2', 'open'],
        ],
      );
      await earlierDoesNotCount(stage, run, first.plan);
      await stage.confirm(run, second.id, { plan: second.plan });
      assert.equal((await run.result()).result, 'completed');
    },
    { declare: { ...soon, gates: { retirement: gate, intervention } } },
  );
});

async function earlierDoesNotCount(stage: Stage, run: Rotation, plan: string): Promise<void> {
  const late = await stage.confirm(run, 'retirement');
  assert.deepEqual([late.outcome, late.state], ['denied', 'expired']);
  assert.match(late.because, /this gate is expired; a decision is final/);
  const stale = await stage.confirm(run, 'retirement-2', { plan });
  assert.deepEqual([stale.outcome, stale.state], ['denied', 'open']);
  assert.match(stale.because, /but this gate asks about/);
  const denied = (await stage.journal(run)).filter(({ verdict }) => verdict === 'denied');
  assert.deepEqual(
    denied.map(({ object }) => object),
    ['retirement', 'retirement-2'],
  );
  assert.deepEqual((await stage.status(run)).gates.at(-1)?.given, []);
}

test('F11: a consumer that fell back while the gate was open is found when the gate expires', async () => {
  const world = new MemoryWorld('alternate');
  await harness.run(
    world,
    async (stage) => {
      const run = await stage.rotate();
      await stage.gate(run, 'retirement');
      const { running } = world.consumers['jobs']!;
      world.consumers['jobs']!.running = undefined;
      await stage.env.sleep('2h');
      const { evidence } = await stage.gate(run, 'retry-jobs');
      assert.match(evidence.join(), /jobs was not seen on it/);
      world.consumers['jobs']!.running = running;
      await stage.approve(run, 'retry-jobs');
      await stage.gate(run, 'retirement-2');
      assert.ok(world.system.accepts(world.first.id, world.first.secret));
    },
    { declare: { ...soon, gates: { retirement: gate, intervention } } },
  );
});

test('I8, F18: a gate with no approvers is opened by nobody, and the run can still be stopped', async () => {
  const world = new MemoryWorld('alternate');
  await harness.run(
    world,
    async (stage) => {
      const run = await stage.rotate({ requestedBy: 'rob@example.com' });
      for (const id of ['retirement', 'retirement-2']) {
        assert.deepEqual((await stage.gate(run, id)).approvers, []);
        for (const approver of ['dana@example.com', 'eve@example.com', 'rob@example.com', '*']) {
          const answer = await stage.confirm(run, id, { approver });
          assert.deepEqual([answer.outcome, answer.state, answer.given], ['denied', 'open', 0]);
          assert.match(answer.because, /not among the people who may decide here/);
        }
        await stage.env.sleep('2h');
      }
      assert.ok(world.system.accepts(world.first.id, world.first.secret));
      await stage.gate(run, 'retirement-3');
      await run.signal('abort', { by: 'rob@example.com', reason: 'nobody can approve' });
      assert.equal((await run.result()).result, 'rolled-back');
    },
    { declare: { ...soon, gates: { retirement: gate, intervention } }, wrap: withoutApprovers },
  );
});

/** `declare` refuses such a gate; a record from before it did may still hold one. */
function withoutApprovers(activities: Activities): Activities {
  return {
    ...activities,
    async parseIdentity(sent) {
      const { gates, ...spec } = await activities.parseIdentity(sent);
      return { ...spec, gates: { ...gates, retirement: { ...gates.retirement, approvers: [] } } };
    },
  };
}

test('a gate reminds, then escalates; who it escalates to may decide only from then on', async () => {
  const world = new MemoryWorld('alternate');
  const escalate = { after: '5h', to: ['boss@example.com'] };
  const retirement = { ...gate, expires: '12h', remind: '2h', escalate };
  await harness.run(
    world,
    async (stage) => {
      const run = await stage.rotate();
      const { id, approvers, plan } = await stage.gate(run, 'retirement');
      assert.deepEqual(approvers, intervention.approvers);
      await stage.env.sleep('270m');
      assert.match((await stage.confirm(run, id, { approver: 'boss@example.com' })).because, /not among the people/);
      assert.deepEqual(told(world), [
        ['gate-opened', intervention.approvers],
        ['reminder', intervention.approvers],
        ['reminder', intervention.approvers],
      ]);
      await stage.env.sleep('1h');
      const escalated = await stage.gate(run, 'retirement');
      assert.deepEqual(escalated.approvers, [...intervention.approvers, 'boss@example.com']);
      assert.deepEqual([escalated.id, escalated.plan], [id, plan]);
      assert.deepEqual(told(world).at(-1), ['escalation', ['boss@example.com']]);
      assert.match(world.notices.at(-1)!.text, /^nobody decided for 5h: Retire orders_a/);
      const answer = await stage.confirm(run, id, { approver: 'boss@example.com' });
      assert.deepEqual([answer.outcome, answer.state], ['accepted', 'approved']);
      await run.result();
      assert.deepEqual(told(world).at(-1), ['ended', ['dana@example.com']]);
      assert.equal(told(world).length, 5, 'nothing is told of a gate that was decided');
    },
    { declare: { ...soon, gates: { retirement, intervention } } },
  );
});

function told(world: MemoryWorld): [kind: string, to: readonly string[]][] {
  return world.notices.map(({ kind, to }) => [kind, to]);
}

test('a gate at which nobody decides tells when it will expire, and who was told stands in the journal', async () => {
  const world = new MemoryWorld('in-place');
  await harness.run(
    world,
    async (stage) => {
      const run = await stage.rotate();
      const { expiresAt } = await stage.gate(run, 'interruption');
      const now = await stage.env.currentTimeMs();
      const left = Date.parse(expiresAt!) - Number(now);
      assert.ok(left > 7_000_000 && left <= 7_200_000, `${left} ms are left of two hours`);
      const { result, because } = await run.result();
      assert.deepEqual([result, because], ['rolled-back', 'gate interruption was expired: nothing was changed']);
      assert.ok(world.system.accepts('orders', world.first.secret));
      const notified = (await stage.journal(run)).filter(({ step }) => step === 'notify');
      assert.deepEqual(
        notified.map(({ object, because: words }) => [object, words]),
        [['gate-opened', 'told dana@example.com, eve@example.com']],
      );
    },
    { declare: { ...soon, gates: { retirement: gate, intervention } } },
  );
});

test('after a hundred reminders of a run each comes after twice the time, also when the question is asked again', async () => {
  const world = new MemoryWorld('alternate');
  const reminders = () => told(world).filter(([kind]) => kind === 'reminder').length;
  await harness.run(
    world,
    async (stage) => {
      const run = await stage.rotate();
      await stage.gate(run, 'retirement');
      await stage.env.sleep('105m');
      assert.ok(reminders() >= 100 && reminders() <= 103, `${reminders()} in the first 105 minutes`);
      await stage.env.sleep('100m');
      await stage.gate(run, 'retirement-2');
      const soFar = reminders();
      await stage.env.sleep('60m');
      const inAnHour = reminders() - soFar;
      assert.ok(inAnHour >= 27 && inAnHour <= 31, `${inAnHour} in an hour of the second gate`);
    },
    { declare: { ...soon, gates: { retirement: { ...gate, remind: '1m' }, intervention } } },
  );
});

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { failureOf } from './refusals.ts';
import { Harness } from './harness.ts';
import { MemoryWorld, type Shape } from './memory-world.ts';

const harness = new Harness();
const shapes: readonly Shape[] = ['overlap', 'alternate', 'in-place'];
const unattended = { containment: { unattended: ['critical'] } };

const live = ({ system }: MemoryWorld) =>
  system.credentials.filter(({ status }) => status === 'live').map(({ id }) => id);
const isRefused = ({ system, first }: MemoryWorld) => !system.accepts(first.id, first.secret);

describe('containment of a severity that is declared unattended', () => {
  for (const shape of shapes)
    test(`I10: ${shape}: every credential is refused, and nobody was asked`, async () => {
      const world = new MemoryWorld(shape);
      await harness.run(
        world,
        async (stage) => {
          const run = await stage.contain({ severity: 'critical' });
          const { result, because, found, seconds } = await run.result();
          assert.equal(result, 'completed', because);
          assert.deepEqual([live(world), found, isRefused(world)], [[], [], true]);
          assert.ok(seconds && seconds.disabled <= seconds.revoked && seconds.revoked <= seconds.proven);
          const { gates, steps } = await stage.status(run);
          assert.deepEqual(gates, []);
          assert.ok(
            steps.some(({ step, because: why }) => step === 'prove refused' && /tried with its secret/.test(why ?? '')),
          );
          const { state, hold, containment } = await stage.record();
          assert.deepEqual([state, hold, containment?.requestedBy], ['contained', undefined, ['rob@example.com']]);
        },
        { declare: unattended },
      );
    });

  test('twenty credentials are ended side by side, whoever made them', async () => {
    const world = new MemoryWorld('overlap');
    for (let n = 1; n < 20; n += 1) world.system.add(`EXTRA${n}`, `a secret that nobody here knows ${n}`);
    await harness.run(
      world,
      async (stage) => {
        const run = await stage.contain({ severity: 'critical' });
        const { because } = await run.result();
        assert.deepEqual(world.system.credentials, [], because);
        const { steps } = await stage.status(run);
        assert.equal(steps.filter(({ step }) => step === 'prove refused').length, 20);
        const stranger = steps.find(({ step, object }) => step === 'prove refused' && object === 'EXTRA1');
        assert.match(stranger?.because ?? '', /its secret is not known here, so it was not tried/);
      },
      { declare: unattended },
    );
  });

  test('a contained identity refuses every other operation until it was re-opened', async () => {
    const world = new MemoryWorld('overlap');
    await harness.run(
      world,
      async (stage) => {
        await (await stage.contain({ severity: 'critical' })).result();
        assert.equal((await failureOf(stage, await stage.rotate())).type, 'identity_contained');
      },
      { declare: unattended },
    );
  });

  test('a consumer that can not be reached holds nothing up', async () => {
    const world = new MemoryWorld('overlap');
    for (const consumer of Object.values(world.consumers)) consumer.reachable = false;
    await harness.run(
      world,
      async (stage) => {
        const { result } = await (await stage.contain({ severity: 'critical' })).result();
        assert.deepEqual([result, live(world)], ['completed', []]);
      },
      { declare: unattended },
    );
  });

  test('a rehearsal says what would be done, holds nothing and changes nothing', async () => {
    const world = new MemoryWorld('alternate');
    await harness.run(world, async (stage) => {
      const rotation = await stage.rotate();
      await stage.gate(rotation, 'retirement');
      const { result, plan } = await (await stage.contain({ dryRun: true })).result();
      assert.equal(result, 'planned');
      assert.deepEqual(plan?.commands.slice(0, 2), ['disable orders_a', 'disable orders_b']);
      assert.equal((await stage.record()).hold?.verb, 'rotateCredential');
      assert.deepEqual(live(world), ['orders_a', 'orders_b']);
    });
  });
});

describe('containment that asks about downstream integrations first', () => {
  test('nothing is disabled before each consumer was answered for, by somebody who did not ask for it', async () => {
    const world = new MemoryWorld('overlap');
    await harness.run(world, async (stage) => {
      const run = await stage.contain({ severity: 'high', requestedBy: 'eve@example.com' });
      const paused = await stage.gate(run, 'paused-api');
      assert.match(paused.evidence.join('\n'), /consumer api: .*\n.*KEY0: live/);
      assert.equal((await stage.confirm(run, 'paused-api', { approver: 'eve@example.com' })).outcome, 'denied');
      assert.equal((await stage.confirm(run, 'waive-api')).outcome, 'denied', 'a waiver needs a reason');
      assert.equal((await stage.confirm(run, 'paused-api')).outcome, 'accepted');
      assert.deepEqual(live(world), ['KEY0'], 'jobs was not answered for');
      await stage.confirm(run, 'waive-jobs', { comment: 'it is gone since March' });
      assert.equal((await run.result()).result, 'completed');
      assert.deepEqual(live(world), []);
      const { exceptions } = await stage.record();
      assert.deepEqual(
        exceptions.map(({ consumer, by, reason }) => [consumer, by, reason]),
        [['jobs', 'dana@example.com', 'it is gone since March']],
      );
    });
  });

  test('nobody answers for days: nothing is disabled, people hear of it, and no order ends it', async () => {
    const world = new MemoryWorld('overlap');
    const gate = { approvers: ['dana@example.com'], proof: 'none', remind: '1h' };
    await harness.run(
      world,
      async (stage) => {
        const run = await stage.contain();
        await run.signal('abort', { by: 'mallory@example.com', reason: 'at once' });
        await stage.gate(run, 'paused-api');
        await run.signal('abort', { by: 'mallory@example.com', reason: 'no' });
        await run.cancel();
        await stage.env.sleep(3 * 86_400_000);
        const { gates, outcome } = await stage.status(run);
        assert.ok(outcome === null && gates.every(({ state }) => state === 'open'));
        assert.deepEqual(live(world), ['KEY0']);
        assert.ok(world.notices.filter(({ kind }) => kind === 'reminder').length > 3);
        assert.equal((await stage.record()).state, 'contained');
      },
      { declare: { gates: { retirement: gate, intervention: gate, containment: gate } } },
    );
  });

  test('a false alarm is stood down by name, and leaves everything as it was', async () => {
    const world = new MemoryWorld('overlap');
    await harness.run(world, async (stage) => {
      const run = await stage.contain();
      await stage.gate(run, 'stand-down');
      await stage.confirm(run, 'stand-down', { comment: 'it was a drill' });
      const { result, because } = await run.result();
      assert.equal(result, 'rolled-back');
      assert.match(because, /stood down by dana@example.com: it was a drill/);
      const { state, containment, hold } = await stage.record();
      assert.deepEqual([state, containment, hold, live(world)], ['active', undefined, undefined, ['KEY0']]);
      const rotation = await stage.rotate();
      await stage.approve(rotation, 'retirement');
      assert.equal((await rotation.result()).result, 'completed');
    });
  });
});

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Harness } from './harness.ts';
import { MemoryWorld } from './memory-world.ts';

const harness = new Harness();

describe('consumers', () => {
  test('F6: revocation is unreachable while a consumer is not seen on the new credential', async () => {
    const world = new MemoryWorld('alternate');
    world.consumers['jobs']!.reload = 'ignored';
    await harness.run(world, async (stage) => {
      const run = await stage.rotate();
      const gate = await stage.gate(run, 'retry-jobs');
      assert.match(gate.evidence.join(), /jobs was not seen on it: no, it runs on another one/);
      assert.ok(world.system.accepts(world.first.id, world.first.secret));
      assert.deepEqual(
        (await stage.status(run)).gates.map(({ id }) => id),
        ['retry-jobs', 'waive-jobs', 'roll-back-jobs'],
      );

      world.consumers['jobs']!.reload = 'works';
      await stage.approve(run, 'retry-jobs');
      await stage.approve(run, 'retirement');
      assert.equal((await run.result()).result, 'completed');
      assert.equal(world.consumers['jobs']!.running?.id, 'orders_b');
    });
  });

  test('a waiver needs a reason and a person who did not ask, and stays on the record by name', async () => {
    const world = new MemoryWorld('alternate');
    world.consumers['jobs']!.reload = 'ignored';
    await harness.run(world, async (stage) => {
      const run = await stage.rotate({ requestedBy: 'eve@example.com' });
      const { id } = await stage.gate(run, 'waive-jobs');
      assert.match((await stage.confirm(run, id)).because, /a reason must stand in the comment/);
      assert.match(
        (await stage.confirm(run, id, { approver: 'eve@example.com', comment: 'mine' })).because,
        /somebody else must decide/,
      );
      assert.equal((await stage.confirm(run, id, { comment: 'jobs is being retired' })).outcome, 'accepted');
      const retirement = await stage.gate(run, 'retirement');
      assert.match(retirement.evidence.join(), /jobs: NOT VERIFIED, waived by dana@example.com: jobs is being retired/);
      await stage.confirm(run, retirement.id);
      await run.result();
      const record = await stage.lifecycle.query<{ exceptions: { consumer: string; by: string }[] }>('record');
      assert.deepEqual(
        record.exceptions.map(({ consumer, by }) => ({ consumer, by })),
        [{ consumer: 'jobs', by: 'dana@example.com' }],
      );
    });
  });

  test('rolling back moves every consumer back and then takes the new credential away', async () => {
    const world = new MemoryWorld('overlap');
    world.consumers['jobs']!.reload = 'fails';
    await harness.run(world, async (stage) => {
      const run = await stage.rotate();
      await stage.gate(run, 'roll-back-jobs');
      world.consumers['jobs']!.reload = 'works';
      await stage.approve(run, 'roll-back-jobs');
      const outcome = await run.result();
      assert.equal(outcome.result, 'rolled-back');
      assert.deepEqual(
        world.system.credentials.map(({ id }) => id),
        ['KEY0'],
      );
      for (const { running } of Object.values(world.consumers)) assert.equal(running?.id, 'KEY0');
      assert.equal(world.store.secrets.size, 1);
    });
  });

  test('in-place: rolling back puts the old secret back, and consumers are seen working on it', async () => {
    const world = new MemoryWorld('in-place');
    world.consumers['jobs']!.reload = 'ignored';
    await harness.run(world, async (stage) => {
      const run = await stage.rotate();
      await stage.approve(run, 'interruption');
      await stage.approve(run, 'roll-back-jobs');
      assert.equal((await run.result()).result, 'rolled-back');
      assert.ok(world.system.accepts('orders', world.first.secret));
      assert.equal(world.consumers['api']!.running?.secret, world.first.secret);
    });
  });

  test('when nobody answers while consumers change, they are moved back and nothing is revoked', async () => {
    const world = new MemoryWorld('alternate');
    world.consumers['jobs']!.reload = 'ignored';
    await harness.run(world, async (stage) => {
      const run = await stage.rotate();
      const outcome = await run.result();
      assert.equal(outcome.result, 'rolled-back');
      assert.match(outcome.because, /nobody answered in time/);
      assert.ok(world.system.accepts('orders_a', world.first.secret));
    });
  });

  test('canaries are moved alone and first, and nobody before what it waits for', async () => {
    const world = new MemoryWorld('alternate', ['a', 'b', 'c']);
    const consumers = [
      { id: 'a', connection: 'a', after: ['b'] },
      { id: 'b', connection: 'b' },
      { id: 'c', connection: 'c', canary: true },
    ];
    await harness.run(
      world,
      async (stage) => {
        const run = await stage.rotate();
        await stage.gate(run, 'retirement');
        const { steps } = await stage.status(run);
        assert.deepEqual(
          steps.filter(({ step }) => step === 'deliver').map(({ object }) => object),
          ['c', 'b', 'a'],
        );
        assert.ok(
          steps.findIndex(({ step, object }) => step === 'verify' && object === 'c') <
            steps.findIndex(({ object }) => object === 'b'),
        );
      },
      { declare: { consumers } },
    );
  });

  test('a person who moves a consumer is asked at a gate, and their name stands for the verdict', async () => {
    const world = new MemoryWorld('alternate', ['api']);
    world.people.set('legacy', { by: 'person', instructions: 'Enter it in the console of the old mainframe.' });
    await harness.run(world, async (stage) => {
      const run = await stage.rotate();
      const gate = await stage.gate(run, 'moved-legacy');
      assert.match(gate.question, /old mainframe/);
      assert.match(gate.evidence.join(), /the secret rests in the store at keyturn\/orders\//);
      await stage.confirm(run, gate.id, { approver: 'eve@example.com' });
      const retirement = await stage.gate(run, 'retirement');
      assert.match(retirement.evidence.join(), /legacy: yes, moved and seen to work by eve@example.com \(unproven\)/);
    });
  });

  test('F25: a consumer that says yes to any fingerprint is no witness', async () => {
    const world = new MemoryWorld('alternate', ['api']);
    const honest = world.consumers['api']!.port();
    let lying = false;
    if (honest.by === 'machine')
      world.people.set('api', {
        ...honest,
        verify: async (...asked) => (lying ? { is: 'yes', because: 'sure', at: '' } : honest.verify(...asked)),
      });
    const port = world.people.get('api')!;
    world.people.delete('api');
    world.consumers['api']!.port = () => port;
    await harness.run(world, async (stage) => {
      const run = await stage.rotate({ dryRun: true });
      await run.result();
      lying = true;
      const second = await stage.rotate();
      const gate = await stage.gate(second, 'retry-api');
      assert.match(gate.evidence.join(), /says yes to a fingerprint that nobody delivered/);
      assert.ok(world.system.accepts('orders_a', world.first.secret));
    });
  });
});

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Harness } from './harness.ts';
import { MemoryWorld } from './memory-world.ts';

const harness = new Harness();

describe('issue and prove', () => {
  test('F2: a check that fails stops the run before anything is changed', async () => {
    const world = new MemoryWorld('alternate');
    const port = world.system.port();
    const refused = { is: 'no', because: 'it may not create roles', at: '2026-01-01T00:00:00Z' } as const;
    world.system.port = () => ({ ...port, preflight: async () => refused });
    await harness.run(world, async (stage) => {
      const outcome = await (await stage.rotate()).result();
      assert.equal(outcome.result, 'rolled-back');
      assert.match(outcome.because, /not so that connection db may do what is needed: no/);
      assert.deepEqual(
        world.system.credentials.map(({ id, secret }) => [id, secret]),
        [['orders_a', world.first.secret]],
      );
      assert.equal(world.store.secrets.size, 1);
    });
  });

  test('F3: a candidate that stays refused is taken back and replaced by a fresh one, and the journal says why', async () => {
    const world = new MemoryWorld('alternate');
    let poisoned: string | undefined;
    world.system.login = (id, secret) => {
      if (id !== 'orders_b') return undefined;
      poisoned ??= secret;
      return secret === poisoned ? 'no' : undefined;
    };
    await harness.run(world, async (stage) => {
      const run = await stage.rotate();
      await stage.approve(run, 'retirement');
      assert.equal((await run.result()).result, 'completed');
      assert.notEqual(world.system.credentials[0]?.secret, poisoned);
      const journal = await stage.journal(run);
      assert.ok(
        journal.some(({ because }) => /not accepted .* so it is taken back and another one is made/.test(because)),
      );
    });
  });

  test('F3: after three candidates nobody accepts, everything is as it was found', async () => {
    const world = new MemoryWorld('alternate');
    world.system.login = (id) => (id === 'orders_b' ? 'no' : undefined);
    await harness.run(world, async (stage) => {
      const outcome = await (await stage.rotate()).result();
      assert.equal(outcome.result, 'rolled-back');
      assert.match(outcome.because, /3 candidates were not accepted/);
      assert.deepEqual(
        world.system.credentials.map(({ id }) => id),
        ['orders_a'],
      );
      assert.deepEqual([...world.store.secrets.keys()], ['apps/orders']);
    });
  });

  test('F9: a system that is slow to believe in a new credential is asked until it does', async () => {
    const world = new MemoryWorld('alternate');
    let asked = 0;
    world.system.login = (id) => (id === 'orders_b' && (asked += 1) < 4 ? 'no' : undefined);
    await harness.run(world, async (stage) => {
      const run = await stage.rotate();
      await stage.gate(run, 'retirement');
      const proof = (await stage.status(run)).steps.find(({ step }) => step === 'prove');
      assert.match(proof?.because ?? '', /yes: .*2 times in a row/);
      assert.equal(
        world.system.credentials.filter(({ id }) => id === 'orders_b').length,
        1,
        'no second candidate was made',
      );
    });
  });

  test('F25: a verifier that accepts a wrong secret proves nothing, and unlocks nothing', async () => {
    const world = new MemoryWorld('alternate');
    world.system.login = (id) => (id === 'orders_b' ? 'yes' : undefined);
    await harness.run(world, async (stage) => {
      const outcome = await (await stage.rotate()).result();
      assert.equal(outcome.result, 'rolled-back');
      assert.match(outcome.because, /did not refuse a wrong secret/);
      assert.ok(world.system.accepts('orders_a', world.first.secret));
    });
  });

  test('F11: a successor that died while the gate was open keeps the old credential alive', async () => {
    const world = new MemoryWorld('alternate');
    await harness.run(world, async (stage) => {
      const run = await stage.rotate();
      const { id } = await stage.gate(run, 'retirement');
      const successor = world.system.credentials.find((each) => each.id === 'orders_b')!;
      successor.status = 'disabled';
      await stage.confirm(run, id);
      await stage.gate(run, 'retry-');
      assert.ok(world.system.accepts('orders_a', world.first.secret));
      successor.status = 'live';
      for (const consumer of ['api', 'jobs']) await stage.approve(run, `retry-${consumer}`);
      assert.equal((await run.result()).result, 'completed');
    });
  });

  test('dryRun returns the plan and changes nothing', async () => {
    const world = new MemoryWorld('overlap');
    await harness.run(world, async (stage) => {
      const outcome = await (await stage.rotate({ dryRun: true })).result();
      assert.equal(outcome.result, 'planned');
      assert.equal(outcome.plan?.strategy, 'overlap');
      assert.ok(outcome.plan?.commands.includes('revoke KEY0'));
      assert.match(outcome.plan?.hash ?? '', /^sha256:[0-9a-f]{64}$/);
      assert.equal(world.system.credentials.length, 1);
      assert.equal(world.store.secrets.size, 1);
    });
  });
});

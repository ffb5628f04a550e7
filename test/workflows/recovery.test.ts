import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serve } from '../fakes/serve.ts';
import { Harness } from './harness.ts';
import { MemoryWorld, type Shape } from './memory-world.ts';

const harness = new Harness();
const declare = { quiet: '1s', observe: '1s' };

/** The credential in use has expired: the system refuses it, and consumers fail. */
function expired(shape: Shape): MemoryWorld {
  const world = new MemoryWorld(shape);
  world.system.login = (_id, secret) => (secret === world.first.secret ? 'no' : undefined);
  return world;
}

for (const shape of ['overlap', 'alternate', 'in-place'] as const)
  test(`F22: ${shape}: an identity whose credential has expired gets another one, once a person says so`, async () => {
    const world = expired(shape);
    await harness.run(
      world,
      async (stage) => {
        const run = await stage.rotate();
        const { evidence } = await stage.gate(run, 'recovery');
        assert.match(evidence.join('; '), /not so that the current credential works: no/);
        assert.equal(world.system.credentials.length, 1, 'nothing was changed before the answer');
        await stage.approve(run, 'recovery');
        await stage.approve(run, shape === 'in-place' ? 'interruption' : 'retirement');
        const { result, because } = await run.result();
        assert.equal(result, 'completed', because);
        assert.notEqual(world.system.credentials[0]?.secret, world.first.secret);
        serve(world);
      },
      { declare },
    );
  });

test('F22: nobody is moved back to a credential that was dead before', async () => {
  const world = expired('overlap');
  await harness.run(
    world,
    async (stage) => {
      const run = await stage.rotate();
      await stage.approve(run, 'recovery');
      await stage.gate(run, 'retirement');
      await stage.confirm(run, 'retirement', { decision: 'reject' });
      await stage.approve(run, 'waive-', { approver: 'eve@example.com', comment: 'the new one stays' });
      const { result, found } = await run.result();
      assert.deepEqual([result, found.length], ['rolled-back', 1], 'what still lives is named');
      serve(world);
    },
    { declare },
  );
});

test('F22: a no leaves everything as it was, and a dry run only says so', async () => {
  const world = expired('alternate');
  await harness.run(world, async (stage) => {
    const dry = await (await stage.rotate({ dryRun: true })).result();
    assert.match(dry.because, /not so that the current credential works/);
    const run = await stage.rotate();
    await stage.gate(run, 'recovery');
    await stage.confirm(run, 'recovery', { decision: 'reject' });
    assert.equal((await run.result()).result, 'rolled-back');
    assert.deepEqual([world.system.credentials.length, world.store.secrets.size], [1, 1]);
  });
});

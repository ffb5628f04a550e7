import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Activities } from '../../src/activities/index.ts';
import { serve } from '../fakes/serve.ts';
import { Harness, type Stage } from './harness.ts';
import { endAfter } from './end-after.ts';
import { Interruptions } from './interruptions.ts';
import { MemoryWorld, type Shape } from './memory-world.ts';

const harness = new Harness();
const soon = { quiet: '1s', observe: '1s' };

/** The last activity that a run gets done before it is ended, and whether the next run must use what it had made. */
const points: readonly (readonly [where: string, last: keyof Activities, adopted: boolean])[] = [
  ['before anything is made', 'checkReadiness', false],
  ['after the secret was sealed', 'sealSecret', false],
  ['after the credential was installed', 'installCredential', false],
  ['after the credential was proven', 'proveCredential', false],
  ['before any consumer was moved', 'noteSuccessor', true],
  ['while consumers are moved', 'deliverCredential', true],
  ['at the gate of retirement', 'readLastUse', true],
  ['after the old credential was disabled', 'disableCredential', true],
  ['after the old credential was revoked', 'revokeCredential', true],
];

test('F8: a run that was ended from outside loses the hold, and the next one settles what it left', async (t) => {
  const strike = new Interruptions();
  await harness.run(
    new MemoryWorld('alternate'),
    async (stage) => {
      for (const [where, last, adopted] of points) {
        const then = adopted ? 'what it made is used, and none is made' : 'what it made is taken back';
        await t.test(`ended ${where}: ${then}`, () => settles(stage, strike, last, adopted));
      }
    },
    { declare: soon, wrap: strike.wrap },
  );
});

async function settles(stage: Stage, strike: Interruptions, last: keyof Activities, adopted: boolean): Promise<void> {
  const { world } = stage;
  const ended = await endAfter(last, stage, strike);
  assert.equal((await stage.record()).hold?.workflowId, ended.workflowId, 'it still holds the identity');
  const made = new Set(world.system.credentials.map(({ secret }) => secret));
  serve(world);

  const next = await stage.rotate();
  await stage.approve(next, 'retirement');
  assert.equal((await next.result()).result, 'completed');
  const { current, interrupted, hold } = await stage.record();
  assert.deepEqual([interrupted, hold], [undefined, undefined]);
  const [alive, ...others] = world.system.credentials;
  assert.deepEqual([alive?.id, alive?.status, others], [current?.ref.id, 'live', []]);
  assert.equal(made.has(alive!.secret), adopted);
  const { steps } = await stage.status(next);
  assert.equal(
    steps.some(({ step }) => step === 'seal'),
    !adopted,
  );
  assert.deepEqual([...world.store.secrets.keys()], ['apps/orders', current?.secret.ref.path], 'I5: no secret is left');
  serve(world);
}

const early: readonly [shape: Shape, last: keyof Activities, gate: string][] = [
  ['overlap', 'issueCredential', 'retirement'],
  ['in-place', 'installCredential', 'interruption'],
];

for (const [shape, last, gate] of early)
  test(`F8, I9: ${shape}: a run that was ended right after ${last} does not stop the next one`, async () => {
    const world = new MemoryWorld(shape);
    const strike = new Interruptions();
    await harness.run(
      world,
      async (stage) => {
        await endAfter(last, stage, strike);
        const next = await stage.rotate();
        await stage.approve(next, gate);
        const { result, because } = await next.result();
        assert.equal(result, 'completed', because);
        assert.equal(world.system.credentials.length, 1);
        serve(world);
      },
      { declare: soon, wrap: strike.wrap },
    );
  });

test('I7: a leftover that nobody could ask about is left as it is, for consumers may run on it', async () => {
  const world = new MemoryWorld('alternate');
  const strike = new Interruptions();
  await harness.run(
    world,
    async (stage) => {
      await endAfter('readLastUse', stage, strike);
      const leftover = { ...world.system.credentials.find(({ id }) => id === 'orders_b')! };
      world.system.login = (id) => (id === 'orders_b' ? 'unknown' : undefined);
      await (await stage.rotate()).result();
      world.system.login = undefined;
      assert.ok(world.system.accepts('orders_b', leftover.secret));
      serve(world);
      const next = await stage.rotate();
      await stage.approve(next, 'retirement');
      assert.equal((await next.result()).result, 'completed');
      assert.equal(world.system.credentials[0]?.secret, leftover.secret);
    },
    { declare: soon, wrap: strike.wrap },
  );
});

test('F11: an attempt of an ended operation that arrives late can not make the next one take away what is in use', async () => {
  const world = new MemoryWorld('overlap');
  await harness.run(
    world,
    async (stage) => {
      const first = await stage.rotate();
      await stage.approve(first, 'retirement');
      await first.result();
      const { runId, workflowId } = await first.describe();
      const late = {
        operation: `${workflowId}/${runId}`,
        verb: 'rotateCredential',
        workflowId,
        runId,
      };
      await stage.lifecycle.executeUpdate('open', { args: [late] });
      const [inUse] = world.system.credentials;
      const next = await stage.rotate();
      await stage.gate(next, 'retirement');
      assert.ok(world.system.accepts(inUse!.id, inUse!.secret), 'until the gate the one in use works');
      assert.ok(world.store.holds(inUse!.secret));
      assert.equal((await stage.record()).interrupted, undefined);
    },
    { declare: soon },
  );
});

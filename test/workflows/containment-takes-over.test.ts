import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Secret } from '../../src/contract/secret.ts';
import { endAtRest } from './end-after.ts';
import { failureOf } from './refusals.ts';
import { Harness } from './harness.ts';
import { MemoryWorld, type Shape } from './memory-world.ts';
import { completesHolding } from './still-holding.ts';

const harness = new Harness();
const options = { declare: { containment: { unattended: ['critical'] } } };
const shapes: readonly (readonly [shape: Shape, gate: string])[] = [
  ['overlap', 'retirement'],
  ['alternate', 'retirement'],
  ['in-place', 'interruption'],
];

describe('containment while something else goes on', () => {
  for (const [shape, gate] of shapes)
    test(`${shape}: a rotation at its gate stops where it is, undoes nothing, and what it made is contained too`, async () => {
      const world = new MemoryWorld(shape);
      await harness.run(
        world,
        async (stage) => {
          const rotation = await stage.rotate();
          await stage.gate(rotation, gate);
          const { result, because } = await (await stage.contain({ severity: 'critical' })).result();
          assert.equal(result, 'completed', because);
          assert.deepEqual(world.system.credentials, []);
          const stopped = await rotation.result();
          assert.deepEqual([stopped.result, stopped.code], ['stopped', 'hold_lost']);
          const { interrupted, state } = await stage.record();
          assert.deepEqual([state, interrupted], ['contained', undefined]);
        },
        options,
      );
    });

  test('F25: the old secret is tried, also where what was delivered has overwritten the place that it was adopted from', async () => {
    const world = new MemoryWorld('alternate');
    const tried = new Set<string>();
    const port = world.store.port();
    let version = 1;
    // The store keeps what was there before, as the real one does.
    world.store.port = () => ({
      ...port,
      async read(path, call) {
        const read = await port.read(path, call);
        return { ...read, ref: { ...read.ref, version } };
      },
      get: async (ref, call) =>
        ref.path === 'apps/orders' && ref.version === 1 ? new Secret(world.first.secret) : port.get(ref, call),
    });
    await harness.run(
      world,
      async (stage) => {
        const rotation = await stage.rotate();
        await stage.gate(rotation, 'retirement');
        world.store.secrets.set('apps/orders', { secret: 'Delivered-S3cret', owner: undefined });
        version = 2;
        world.system.login = (id, secret) => void (id === world.first.id && tried.add(secret));
        await (await stage.contain({ severity: 'critical' })).result();
        assert.deepEqual([...tried], [world.first.secret]);
      },
      options,
    );
  });

  test('a forged word to give the identity up changes nothing', async () => {
    const world = new MemoryWorld('overlap');
    await harness.run(world, async (stage) => {
      const rotation = await stage.rotate();
      await stage.gate(rotation, 'retirement');
      await rotation.signal('yield');
      await completesHolding(stage, rotation);
    });
  });

  test('two incidents at once: the second is told of the first; a later one looks again', async () => {
    const world = new MemoryWorld('overlap');
    await harness.run(
      world,
      async (stage) => {
        const first = await stage.contain();
        await stage.gate(first, 'stand-down');
        const refused = await failureOf(stage, await stage.contain());
        assert.equal(refused.type, 'identity_busy');
        assert.match(refused.message, /containCompromise contain\/orders/);
        for (const consumer of ['api', 'jobs']) await stage.confirm(first, `paused-${consumer}`);
        await first.result();
        world.system.add('LATER', 'what somebody made afterwards');
        const { because } = await (await stage.contain({ severity: 'critical' })).result();
        assert.deepEqual(world.system.credentials, [], because);
        assert.equal((await stage.record()).containment?.operations.length, 2);
      },
      options,
    );
  });

  test('one that was ended from outside leaves the identity contained, and the next one goes through with it', async () => {
    const world = new MemoryWorld('overlap');
    await harness.run(
      world,
      async (stage) => {
        const first = await stage.contain();
        await stage.gate(first, 'stand-down');
        await endAtRest(stage, first);
        assert.equal((await failureOf(stage, await stage.rotate())).type, 'identity_contained');
        const { result } = await (await stage.contain({ severity: 'critical' })).result();
        assert.deepEqual([result, world.system.credentials], ['completed', []]);
      },
      options,
    );
  });
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KeyturnError } from '../../src/contract/errors.ts';
import { ended } from './attack-ended.ts';
import { Harness } from './harness.ts';
import { MemoryWorld } from './memory-world.ts';

const harness = new Harness();

test('I5, F10: overlap: the store can not be reached right after the provider made a key: no key is left that nobody names', async () => {
  const world = new MemoryWorld('overlap');
  const port = world.store.port.bind(world.store);
  let down = true;
  world.store.port = () => {
    const real = port();
    return {
      ...real,
      put: async (...args) => {
        if (!down) return real.put(...args);
        down = false;
        throw new KeyturnError('unavailable', 'the store does not answer');
      },
    };
  };
  await harness.run(
    world,
    async (stage) => {
      const run = await stage.rotate();
      const { result, because, found } = await ended(stage, run, 'retirement', 'orphans');
      const current = (await stage.lifecycle.query<{ current?: { ref: { id: string } } }>('record')).current?.ref.id;
      const left = world.system.credentials.map(({ id }) => id).filter((id) => id !== (current ?? world.first.id));
      assert.deepEqual(
        left.filter((id) => !found.includes(id)),
        [],
        `${result} (${because}) and named ${found.join() || 'nothing'}`,
      );
      assert.equal(result, 'completed', 'a slot that an orphan of ours takes is freed or asked about');
    },
    { declare: { quiet: '1s', observe: '1s' } },
  );
});

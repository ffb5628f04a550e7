import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KeyturnError } from '../../src/contract/errors.ts';
import { Harness } from './harness.ts';
import { MemoryWorld } from './memory-world.ts';

const harness = new Harness();
const declare = { quiet: '1s', observe: '1s', retryFor: '20s' };

/** A system that takes no credential away, and can't disable one either, until it is mended. */
class Stubborn extends MemoryWorld {
  mended = false;

  constructor() {
    super('alternate');
    const { suspension: _none, ...port } = this.system.port();
    this.system.port = () => ({
      ...port,
      revoke: (ref, call) =>
        this.mended ? port.revoke(ref, call) : Promise.reject(new KeyturnError('unavailable', 'it does not answer')),
    });
  }
}

test('F14: a revocation that fails never ends by itself: it asks, says what still lives, and goes on once it can', async () => {
  const world = new Stubborn();
  await harness.run(
    world,
    async (stage) => {
      const run = await stage.rotate();
      await stage.approve(run, 'retirement');
      const { id, evidence } = await stage.gate(run, 'retry-orders_a');
      assert.match(evidence.join('; '), /revoke orders_a failed: unavailable.*live now: orders_a/);
      await stage.env.sleep('365d');
      const { stage: where, live, outcome } = await stage.status(run);
      assert.deepEqual([where, outcome], ['awaiting-confirmation', null], 'after a year it still asks');
      assert.ok(live.includes('orders_a'));
      world.mended = true;
      await stage.confirm(run, id);
      assert.equal((await run.result()).result, 'completed');
      assert.ok(!world.system.accepts(world.first.id, world.first.secret));
    },
    { declare },
  );
});

test('F14: who waives a revocation is named, and the outcome says that access still lives', async () => {
  const world = new Stubborn();
  await harness.run(
    world,
    async (stage) => {
      const run = await stage.rotate();
      await stage.approve(run, 'retirement');
      await stage.approve(run, 'waive-orders_a', { comment: 'it is revoked by hand' });
      await stage.approve(run, 'waive-orders_a', { comment: 'it is still seen to work' });
      const { because, found } = await run.result();
      assert.match(because, /orders_a was NOT revoked: a named person waived that, and it still exists/);
      assert.deepEqual(found, ['orders_a']);
      const { exceptions } = await stage.record();
      assert.ok(exceptions.some(({ by, consumer }) => by === 'dana@example.com' && consumer === 'orders_a'));
    },
    { declare },
  );
});

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Harness, type Rotation, type Stage } from '../workflows/harness.ts';
import { MemoryWorld, type Shape } from '../workflows/memory-world.ts';
import { withFault, type Fault, type Watched } from './matrix.ts';

const harness = new Harness();

/** Answers whatever the run asks, as a sensible operator would: yes to what it is about, `retry` when something failed. */
async function operate(stage: Stage, run: Rotation): Promise<string> {
  for (let round = 0; round < 200; round += 1) {
    const { gates, outcome } = await stage.status(run);
    if (outcome) return outcome.result;
    const gate = gates.find(({ id, state }) => state === 'open' && !/^(waive|roll-back)-/.test(id));
    if (gate) await stage.confirm(run, gate.id);
    else await stage.env.sleep(round < 20 ? 50 : 60_000);
  }
  return 'stuck';
}

async function rotateOnce(
  shape: Shape,
  at: number,
  fault: Fault,
): Promise<Watched & { result: string; world: MemoryWorld }> {
  const world = new MemoryWorld(shape, ['api']);
  const seen: Watched = { calls: [], broken: [] };
  const result = await harness.run(world, async (stage) => operate(stage, await stage.rotate()), {
    wrap: withFault(world, { at, fault }, seen),
  });
  return { ...seen, result, world };
}

/** What must be true at the end, whatever happened on the way. */
function assertSound({ broken, result, world }: Awaited<ReturnType<typeof rotateOnce>>): void {
  assert.deepEqual(broken, []);
  assert.equal(result, 'completed', 'I9: one fault never ends a rotation');
  assert.equal(world.system.accepts(world.first.id, world.first.secret), false, 'I10: the old one is refused');
  const live = world.system.credentials.filter(({ status }) => status === 'live');
  assert.equal(live.length, 1, 'I5: one credential exists and no orphan');
  assert.ok(world.store.holds(live[0]!.secret), 'I2: it can be recovered');
  const consumer = world.consumers['api']!;
  consumer.request();
  assert.equal(consumer.failedRequests, 0, 'I3: the consumer runs on it');
  assert.equal(world.store.secrets.size, 2, 'I6: the store holds what one success would have left');
}

describe('crash matrix: every call of a rotation, once not done and once done with its answer lost', () => {
  for (const shape of ['overlap', 'alternate', 'in-place'] satisfies Shape[]) {
    test(`${shape}: I1, I2, I3, I5, I6, I9 and I10 hold at every cell`, async (t) => {
      const clean = await rotateOnce(shape, 0, 'not done');
      assertSound(clean);
      assert.ok(clean.calls.length >= 12, `the run makes calls to break: ${clean.calls.join(' ')}`);
      for (const [index, name] of clean.calls.entries()) {
        for (const fault of ['not done', 'answer lost'] satisfies Fault[]) {
          await t.test(`${index + 1}. ${name}: ${fault}`, async () =>
            assertSound(await rotateOnce(shape, index + 1, fault)),
          );
        }
      }
    });
  }
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Harness, type Rotation, type Stage } from './harness.ts';
import { MemoryWorld } from './memory-world.ts';

const harness = new Harness();
const declare = { quiet: '1s', observe: '1h' };

async function stepRunning(stage: Stage, run: Rotation, name: string): Promise<void> {
  for (let round = 0; round < 200; round += 1) {
    const last = (await stage.status(run)).steps.at(-1);
    if (last?.step === name && last.state === 'running') return;
    await stage.env.sleep(50);
  }
  throw new Error(`it did not come to ${name}`);
}

for (const shape of ['overlap', 'alternate'] as const)
  test(`${shape}: terminated while the old one is disabled; the next run's retirement is rejected: consumers stay on what works`, async () => {
    const world = new MemoryWorld(shape);
    await harness.run(
      world,
      async (stage) => {
        const one = await stage.rotate();
        await stage.approve(one, 'retirement');
        await stepRunning(stage, one, 'observe');
        await one.terminate('somebody pressed the button');

        const two = await stage.rotate();
        await stage.approve(two, 'retirement', { decision: 'reject' });
        for (let n = 0; n < 60; n += 1) {
          await stage.env.sleep(100);
          for (const [id, consumer] of Object.entries(world.consumers)) {
            consumer.request();
            assert.equal(
              consumer.failedRequests,
              0,
              `outage: ${id} was moved back to ${consumer.running?.id}, which is ${world.system.credentials.find((c) => c.id === consumer.running?.id)?.status}`,
            );
          }
          if ((await stage.status(two)).outcome) break;
        }
      },
      { declare },
    );
  });

import type { Harness, Rotation, Stage } from '../workflows/harness.ts';
import { MemoryWorld } from '../workflows/memory-world.ts';

/** The main paths of each runbook, as they are recorded for every release and replayed on every change. */
export const scenes: Readonly<
  Record<string, (harness: Harness) => Promise<{ rotation: unknown; lifecycle: unknown }>>
> = {
  overlap: (harness) =>
    record(harness, new MemoryWorld('overlap'), async (stage, run) => void (await stage.approve(run, 'retirement'))),
  alternate: (harness) =>
    record(harness, new MemoryWorld('alternate'), async (stage, run) => void (await stage.approve(run, 'retirement'))),
  'in-place': (harness) =>
    record(harness, new MemoryWorld('in-place'), async (stage, run) => void (await stage.approve(run, 'interruption'))),
  'rolled-back': (harness) => {
    const world = new MemoryWorld('alternate');
    world.consumers['jobs']!.reload = 'ignored';
    return record(harness, world, async (stage, run) => void (await stage.approve(run, 'roll-back-jobs')));
  },
  waived: (harness) => {
    const world = new MemoryWorld('overlap');
    world.consumers['jobs']!.reload = 'fails';
    return record(harness, world, async (stage, run) => {
      await stage.approve(run, 'waive-jobs', { comment: 'it is being retired' });
      await run.signal('pause', { by: 'dana@example.com', reason: 'lunch' });
      await run.signal('confirm', 'nonsense');
      await run.signal('resume', { by: 'dana@example.com', reason: 'back' });
      await stage.approve(run, 'retirement');
    });
  },
};

async function record(harness: Harness, world: MemoryWorld, act: (stage: Stage, run: Rotation) => Promise<void>) {
  return harness.run(world, async (stage) => {
    const run = await stage.rotate();
    await act(stage, run);
    await run.result();
    return { rotation: await run.fetchHistory(), lifecycle: await stage.lifecycle.fetchHistory() };
  });
}

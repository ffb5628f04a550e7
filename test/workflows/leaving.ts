import type { Rotation, Stage } from './harness.ts';
import type { MemoryWorld } from './memory-world.ts';

/** Consumers that really run on it no more. */
export function gone<World extends MemoryWorld>(world: World): World {
  for (const consumer of Object.values(world.consumers)) consumer.running = undefined;
  return world;
}

/** Says of both consumers that they run on it no more. */
export async function sayGone(stage: Stage, run: Rotation): Promise<void> {
  await stage.approve(run, 'gone-api');
  await stage.approve(run, 'moved-jobs');
}

import assert from 'node:assert/strict';
import type { Rotation, Stage } from './harness.ts';

/** Lets a run retire the old one, and sees it complete: told to give the identity up, it has looked, and says that it holds it. */
export async function completesHolding(stage: Stage, run: Rotation): Promise<void> {
  await stage.approve(run, 'retirement');
  assert.equal((await run.result()).result, 'completed');
  const words = (await stage.journal(run)).filter(({ step }) => step === 'yield');
  assert.match(words[0]?.because ?? '', /it holds it still, and goes on/);
}

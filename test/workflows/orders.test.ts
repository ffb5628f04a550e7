import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { WorkflowHandle } from '@temporalio/client';
import type { JournalEntry } from '../../src/contract/messages.ts';
import { snapshot } from '../fakes/snapshot.ts';
import { Harness, type Rotation, type Stage } from './harness.ts';
import { Interruptions } from './interruptions.ts';
import { MemoryWorld } from './memory-world.ts';

const harness = new Harness();
const soon = { quiet: '1s', observe: '1h' };
const order = { by: 'rob@example.com', reason: 'a test' };
const abort = (run: WorkflowHandle) => run.signal('abort', order);

const orders = async (stage: Stage, run: Rotation): Promise<Pick<JournalEntry, 'command' | 'verdict' | 'because'>[]> =>
  (await stage.journal(run))
    .filter(({ step }) => step === 'order')
    .map(({ command, verdict, because }) => ({ command, verdict, because }));

/** Goes past the approval, to where the old credential is disabled and consumers are observed for an hour. */
async function observing(stage: Stage): Promise<Rotation> {
  const run = await stage.rotate();
  await stage.approve(run, 'retirement');
  for (let round = 0; round < 100; round += 1) {
    const last = (await stage.status(run)).steps.at(-1);
    if (last?.step === 'observe' && last.state === 'running') return run;
    await stage.env.sleep(50);
  }
  throw new Error('it did not come to observe');
}

test('a pause holds before the next step, for as long as it takes, and resume goes on', async () => {
  const world = new MemoryWorld('alternate');
  const wrap = new Interruptions().arm('proveCredential', 'before', (run) => run.signal('pause', order)).wrap;
  await harness.run(
    world,
    async (stage) => {
      const run = await stage.rotate();
      await stage.env.sleep('30d');
      const held = await stage.status(run);
      assert.deepEqual([held.stage, held.paused], ['paused', order]);
      const { step, state } = held.steps.at(-1)!;
      assert.deepEqual([step, state], ['prove', 'done'], 'what had begun was ended, and nothing was begun');
      for (const { delivered } of Object.values(world.consumers)) assert.equal(delivered?.secret, world.first.secret);

      await run.signal('resume', order);
      const { id } = await stage.gate(run, 'retirement');
      await run.signal('pause', order);
      await stage.confirm(run, id);
      await stage.env.sleep('30d');
      assert.equal((await stage.status(run)).stage, 'paused');
      assert.ok(world.system.accepts(world.first.id, world.first.secret), 'an approval does not end a pause');
      await run.signal('resume', order);
      assert.equal((await run.result()).result, 'completed');
      assert.deepEqual(
        (await orders(stage, run)).map(({ command, verdict }) => `${command} ${verdict}`),
        ['pause accepted', 'resume accepted', 'pause accepted', 'resume accepted'],
      );
    },
    { declare: soon, wrap },
  );
});

test('an abort ends a pause', async () => {
  const world = new MemoryWorld('overlap');
  const start = snapshot(world);
  const wrap = new Interruptions().arm('issueCredential', 'before', (run) => run.signal('pause', order)).wrap;
  await harness.run(
    world,
    async (stage) => {
      const run = await stage.rotate();
      await stage.env.sleep('1h');
      await run.signal('abort', order);
      assert.equal((await run.result()).result, 'rolled-back');
      assert.deepEqual(snapshot(world), start);
    },
    { declare: soon, wrap },
  );
});

for (const shape of ['overlap', 'alternate'] as const)
  test(`${shape}: an abort before consumers are moved undoes to exactly the start`, async () => {
    const world = new MemoryWorld(shape);
    const start = snapshot(world);
    await harness.run(
      world,
      async (stage) => {
        const run = await stage.rotate();
        const { result, because } = await run.result();
        assert.deepEqual([result, because], ['rolled-back', 'aborted by rob@example.com: a test']);
        assert.deepEqual(snapshot(world), start);
        assert.deepEqual(await orders(stage, run), [
          { command: 'abort', verdict: 'accepted', because: 'rob@example.com: a test' },
        ]);
        const { steps } = await stage.status(run);
        assert.ok(!steps.some(({ step }) => step === 'deliver'), 'no consumer was touched');
      },
      { declare: soon, wrap: new Interruptions().arm('proveCredential', 'after', abort).wrap },
    );
  });

for (const shape of ['alternate', 'in-place'] as const)
  test(`${shape}: an abort while consumers move moves them back`, async () => {
    const world = new MemoryWorld(shape);
    const start = snapshot(world);
    await harness.run(
      world,
      async (stage) => {
        const run = await stage.rotate();
        if (shape === 'in-place') await stage.approve(run, 'interruption');
        assert.equal((await run.result()).result, 'rolled-back');
        assert.deepEqual(snapshot(world), start);
        const { steps } = await stage.status(run);
        assert.ok(steps.some(({ step, state }) => step === 'move back' && state === 'done'));
      },
      { declare: soon, wrap: new Interruptions().arm('applyConsumer', 'after', abort).wrap },
    );
  });

test('an abort after the old credential is disabled is refused and journaled, and the run completes', async () => {
  const world = new MemoryWorld('alternate');
  await harness.run(
    world,
    async (stage) => {
      const run = await observing(stage);
      await run.signal('abort', order);
      assert.deepEqual(await orders(stage, run), [
        {
          command: 'abort',
          verdict: 'denied',
          because: 'asked by rob@example.com, but from here it only goes forward',
        },
      ]);
      assert.equal((await run.result()).result, 'completed');
      assert.deepEqual(
        world.system.credentials.map(({ id }) => id),
        ['orders_b'],
      );
    },
    { declare: soon },
  );
});

test("Temporal's own cancel behaves as an abort: everything goes back to the start", async () => {
  const world = new MemoryWorld('alternate');
  const start = snapshot(world);
  await harness.run(
    world,
    async (stage) => {
      const run = await stage.rotate();
      await stage.gate(run, 'retirement');
      await run.cancel();
      const { result, because } = await run.result();
      assert.deepEqual([result, because], ['rolled-back', 'aborted by Temporal: the run was cancelled']);
      assert.deepEqual(snapshot(world), start);
      const record = await stage.lifecycle.query<{ hold?: object }>('record');
      assert.equal(record.hold, undefined, 'the hold was given back');
      const [line] = await orders(stage, run);
      assert.deepEqual([line?.command, line?.verdict], ['cancel', 'accepted']);
    },
    { declare: soon },
  );
});

test("Temporal's own cancel after the old credential is disabled is refused and journaled, like an abort", async () => {
  await harness.run(
    new MemoryWorld('alternate'),
    async (stage) => {
      const run = await observing(stage);
      await run.cancel();
      assert.equal((await run.result()).result, 'completed');
      const [line] = await orders(stage, run);
      assert.deepEqual([line?.command, line?.verdict], ['cancel', 'denied']);
      assert.match(line!.because, /from here it only goes forward/);
    },
    { declare: soon },
  );
});

test('an undo that keeps failing asks a person, and goes on once it works', async () => {
  const world = new MemoryWorld('alternate');
  const start = snapshot(world);
  await harness.run(
    world,
    async (stage) => {
      const run = await stage.rotate();
      const { id } = await stage.gate(run, 'retirement');
      world.consumers['jobs']!.reload = 'fails';
      await stage.confirm(run, id, { decision: 'reject' });
      const gate = await stage.gate(run, 'retry-jobs');
      assert.match(gate.evidence.join(), /jobs failed: unavailable.*live now: orders_a, orders_b/);
      assert.equal(gate.expiresAt, null, 'nobody answering is no way on: it waits as long as it takes');
      world.consumers['jobs']!.reload = 'works';
      await stage.confirm(run, gate.id);
      assert.equal((await run.result()).result, 'rolled-back');
      assert.deepEqual(snapshot(world), start);
    },
    { declare: soon },
  );
});

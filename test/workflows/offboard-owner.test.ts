import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ApplicationFailure } from '@temporalio/common';
import type { Activities } from '../../src/activities/index.ts';
import { Harness, type Rotation, type Stage } from './harness.ts';
import { gone } from './leaving.ts';
import { MemoryWorld } from './memory-world.ts';

const harness = new Harness();
const declare = { offboarding: { observe: '1m', reprobe: '1m' } };

/** The offboarding that the run has begun, once it has. */
async function begun(stage: Stage, run: Rotation): Promise<Rotation> {
  for (let round = 0; round < 200; round += 1) {
    const { steps } = await stage.status(run);
    const line = steps.findLast(({ state }) => state === 'running');
    const id = /^started (.*)$/.exec(line?.because ?? '')?.[1];
    if (id) return stage.at(id);
    await stage.env.sleep(round < 20 ? 20 : 60_000);
  }
  throw new Error(`nothing was begun: ${JSON.stringify(await stage.status(run))}`);
}

describe('offboardOwner', () => {
  test('F24: a line for each identity, and it ends once all are out of service', async () => {
    const world = gone(new MemoryWorld('overlap'));
    await harness.run(
      world,
      async (stage) => {
        const run = await stage.offboardOwner();
        const began = await begun(stage, run);
        await stage.approve(began, 'gone-api');
        await stage.approve(began, 'gone-jobs');
        const { result, items } = await run.result();
        assert.deepEqual([result, items], ['completed', [{ what: 'identity orders', became: 'out of service' }]]);
        assert.equal((await stage.record()).state, 'offboarded');
      },
      { declare },
    );
  });

  test('it outlives an hour in which Temporal lists nothing, and an identity of which nothing is known at first', async () => {
    const world = gone(new MemoryWorld('overlap'));
    let [listed, described] = [0, 0];
    const unreachable = (activities: Activities): Activities => ({
      ...activities,
      findOwned: async (asked) => {
        // Pauses grow to a minute.
        if ((listed += 1) <= 66) throw ApplicationFailure.create({ type: 'unavailable', message: 'no answer' });
        return activities.findOwned(asked);
      },
      describeOwned: async (asked) => {
        if ((described += 1) === 1) throw ApplicationFailure.nonRetryable('no such identity', 'unknown_identity');
        return activities.describeOwned(asked);
      },
    });
    await harness.run(
      world,
      async (stage) => {
        const run = await stage.offboardOwner();
        const began = await begun(stage, run);
        for (const consumer of ['api', 'jobs']) await stage.approve(began, `gone-${consumer}`);
        assert.equal((await run.result()).result, 'completed');
        assert.deepEqual([listed > 66, described], [true, 1]);
      },
      { declare, wrap: unreachable },
    );
  });

  test('what is kept stays a line of its own, and is not asked about again, until somebody else answers for it', async () => {
    const world = new MemoryWorld('overlap');
    await harness.run(
      world,
      async (stage) => {
        const run = await stage.offboardOwner();
        const began = await begun(stage, run);
        await stage.approve(began, 'keep', { comment: 'payroll runs on it' });
        await began.result();
        await stage.env.sleep('3h');
        const [line] = (await stage.status(run)).steps;
        assert.equal(line?.state, 'failed');
        assert.match(line?.because ?? '', /^KEPT, and still dana@example.com's: kept in service by dana@example.com/);
        const declared = world.declared({ ...declare, owner: 'eve@example.com' });
        await stage.lifecycle.executeUpdate('declare', { args: [declared] });
        await run.signal('resume', { by: 'eve@example.com', reason: 'it is mine now' });
        const { result, items } = await run.result();
        assert.deepEqual(
          [result, items],
          ['completed', [{ what: 'identity orders', became: 'transferred to eve@example.com' }]],
        );
        assert.equal(world.system.credentials[0]?.status, 'live');
      },
      { declare },
    );
  });

  test('one that another operation holds is tried again later', async () => {
    const world = new MemoryWorld('overlap');
    world.consumers['jobs']!.reload = 'ignored';
    await harness.run(
      world,
      async (stage) => {
        const rotation = await stage.rotate();
        await stage.gate(rotation, 'retry-jobs');
        const run = await stage.offboardOwner();
        let line = '';
        for (let round = 0; round < 100 && !line.startsWith('not begun'); round += 1) {
          line = (await stage.status(run)).steps[0]?.because ?? '';
          await stage.env.sleep(50);
        }
        assert.match(line, /rotateCredential rotate\/orders\/.* has held it since/);
        await rotation.signal('abort', { by: 'eve@example.com', reason: 'a test' });
        await rotation.result();
        await stage.approve(await begun(stage, run), 'keep', { comment: 'a test' });
      },
      { declare: { ...declare, retryFor: '1s' } },
    );
  });

  test('a rehearsal names what it would take out of service, and a bad request ends at once', async () => {
    await harness.run(new MemoryWorld('overlap'), async (stage) => {
      const { result, plan } = await (await stage.offboardOwner({ dryRun: true })).result();
      assert.deepEqual([result, plan?.commands], ['planned', ['take orders out of service']]);
      const bad = await stage.offboardOwner({ owner: 7 });
      await assert.rejects(bad.result(), (error: Error) => /request\.owner/.test(String(error.cause)));
    });
  });
});

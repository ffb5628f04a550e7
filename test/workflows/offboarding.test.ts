import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CertificateWorld } from './certificate-world.ts';
import { Harness } from './harness.ts';
import { gone, sayGone } from './leaving.ts';
import { MemoryWorld } from './memory-world.ts';

const harness = new Harness();
const declare = { offboarding: { observe: '1d', reprobe: '7d' } };

describe('offboardIdentity', () => {
  for (const shape of ['overlap', 'alternate', 'in-place'] as const)
    test(`F24: ${shape}: it ends only when everything is revoked, looked at again, and named`, async () => {
      const world = gone(new MemoryWorld(shape));
      await harness.run(
        world,
        async (stage) => {
          const run = await stage.offboard();
          await sayGone(stage, run);
          const { result, because, items, found } = await run.result();
          assert.deepEqual([result, found], ['completed', []], because);
          assert.deepEqual(world.system.credentials, []);
          assert.deepEqual([...world.unscheduled], ['orders']);
          const became = Object.fromEntries((items ?? []).map((each) => [each.what, each.became]));
          assert.match(became['consumer api'] ?? '', /^gone, on the word of dana@example.com/);
          assert.match(became['consumer jobs'] ?? '', /^moved, on the word of dana@example.com/);
          assert.equal(became[`credential ${world.first.id}`], 'revoked, and shown to be refused');
          assert.match(became['secret at apps/orders'] ?? '', /^left to its owner/);
          const { state, current, dueAt } = await stage.record();
          assert.deepEqual([state, current, dueAt], ['offboarded', undefined, undefined]);
          await assert.rejects(
            stage.rotate().then((again) => again.result()),
            (error: Error) => /identity is offboarded/.test(String(error.cause)),
          );
        },
        { declare: { ...declare, rotate: { every: '30d' } } },
      );
    });

  test('F24: "unused" is a claim: who is seen to run on it still is asked about again, and can only be waived', async () => {
    const world = gone(new MemoryWorld('overlap'));
    const { api } = world.consumers;
    api!.running = api!.delivered;
    await harness.run(
      world,
      async (stage) => {
        const run = await stage.offboard();
        await sayGone(stage, run);
        const { evidence } = await stage.gate(run, 'gone-api-2');
        assert.match(evidence[0] ?? '', /but it is seen to run on it still/);
        assert.equal(world.system.credentials[0]?.status, 'live', 'nothing is disabled meanwhile');
        await stage.approve(run, 'waive-api', { comment: 'its host is switched off tonight' });
        const { items } = await run.result();
        assert.equal(
          items?.find(({ what }) => what === 'consumer api')?.became,
          'waived by dana@example.com: its host is switched off tonight',
        );
      },
      { declare },
    );
  });

  test('while it is watched an abort enables everything again, and nothing is lost', async () => {
    const world = gone(new MemoryWorld('overlap'));
    await harness.run(
      world,
      async (stage) => {
        const run = await stage.offboard();
        await sayGone(stage, run);
        while (world.system.credentials[0]?.status !== 'disabled') await stage.env.sleep(20);
        await run.signal('abort', { by: 'eve@example.com', reason: 'payroll runs on it' });
        const { result, because } = await run.result();
        assert.equal(result, 'rolled-back', because);
        assert.match(because, /payroll runs on it/);
        assert.ok(world.system.accepts(world.first.id, world.first.secret));
        const { state, current } = await stage.record();
        assert.deepEqual([state, current], ['active', undefined]);
      },
      { declare },
    );
  });

  test('it is kept in service where a person says so, with a reason', async () => {
    const world = new MemoryWorld('alternate');
    await harness.run(
      world,
      async (stage) => {
        const run = await stage.offboard();
        await stage.approve(run, 'keep', { comment: 'the year is not closed' });
        const { result, because } = await run.result();
        assert.equal(result, 'rolled-back');
        assert.match(because, /kept in service by dana@example.com: the year is not closed/);
        assert.equal(world.system.credentials[0]?.status, 'live');
      },
      { declare },
    );
  });

  test('a certificate is revoked because its service ends', async () => {
    const world = gone(await CertificateWorld.create(['api', 'jobs']));
    await harness.run(
      world,
      async (stage) => {
        const run = await stage.offboard();
        await sayGone(stage, run);
        const { result, residual } = await run.result();
        assert.equal(result, 'completed');
        assert.match(residual ?? '', /until it expires/);
        assert.deepEqual(
          world.system.authority.revocations.map(({ reason }) => reason),
          ['cessationOfOperation'],
        );
      },
      { declare },
    );
  });

  test('what is contained can be taken out of service, and a no leaves it contained', async () => {
    const world = gone(new MemoryWorld('overlap'));
    await harness.run(
      world,
      async (stage) => {
        await (await stage.contain({ severity: 'critical' })).result();
        const kept = await stage.offboard();
        await stage.approve(kept, 'keep', { comment: 'not yet' });
        assert.equal((await kept.result()).result, 'rolled-back');
        assert.equal((await stage.record()).state, 'contained');
        const run = await stage.offboard();
        await sayGone(stage, run);
        assert.equal((await run.result()).result, 'completed');
        assert.equal((await stage.record()).state, 'offboarded');
      },
      { declare: { ...declare, containment: { unattended: ['critical'] } } },
    );
  });

  test('a rehearsal prints what would be done, and changes nothing', async () => {
    const world = new MemoryWorld('overlap');
    await harness.run(
      world,
      async (stage) => {
        const { result, plan } = await (await stage.offboard({ dryRun: true })).result();
        assert.equal(result, 'planned');
        assert.match(plan!.commands.join('; '), /disable KEY0; watch for 1d.*look again after 7d/);
        assert.equal(world.system.credentials[0]?.status, 'live');
      },
      { declare },
    );
  });
});

import type { Harness, Rotation, Stage } from '../workflows/harness.ts';
import { certificate, CertificateWorld } from '../workflows/certificate-world.ts';
import { gone } from '../workflows/leaving.ts';
import { MemoryWorld } from '../workflows/memory-world.ts';

/** The main paths of each runbook, as they are recorded for every release and replayed on every change. */
export const scenes: Readonly<
  Record<string, (harness: Harness) => Promise<{ operation: unknown; lifecycle: unknown }>>
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
  reissued: async (harness) =>
    record(
      harness,
      await CertificateWorld.create(),
      async (stage, run) => {
        for (const gate of ['deployment', 'validation', 'retirement']) await stage.approve(run, gate);
      },
      (stage) => stage.reissue(),
      { certificate: { ...certificate, pauses: ['deploy', 'validate', 'revoke'] } },
    ),
  'reissue-rolled-back': async (harness) => {
    const world = await CertificateWorld.create(['api', 'jobs']);
    world.consumers['jobs']!.reload = 'ignored';
    return record(
      harness,
      world,
      async (stage, run) => void (await stage.approve(run, 'roll-back-jobs')),
      (stage) => stage.reissue(),
    );
  },
  offboarded: (harness) => {
    const world = gone(new MemoryWorld('alternate'));
    return record(
      harness,
      world,
      async (stage, run) => {
        await stage.approve(run, 'gone-api');
        await stage.approve(run, 'waive-jobs', { comment: 'it is being retired' });
        while (world.system.credentials.length > 0) await stage.env.sleep('6h');
        world.system.add('orders_b', 'made by somebody meanwhile');
      },
      (stage) => stage.offboard(),
    );
  },
  'offboarding-aborted': (harness) => {
    const world = new MemoryWorld('overlap');
    return record(
      harness,
      world,
      async (stage, run) => {
        for (const id of ['api', 'jobs']) await stage.approve(run, `waive-${id}`, { comment: 'a test' });
        while (world.system.credentials[0]?.status !== 'disabled') await stage.env.sleep(20);
        await run.signal('abort', { by: 'eve@example.com', reason: 'payroll runs on it' });
      },
      (stage) => stage.offboard(),
    );
  },
  contained: (harness) =>
    record(harness, new MemoryWorld('overlap'), contained, (stage) => stage.contain({ severity: 'high' })),
  'contained-amidst': (harness) => {
    const world = new MemoryWorld('alternate');
    world.entitlements.give('orders', 'write');
    return record(
      harness,
      world,
      async (stage, rotation) => {
        await stage.gate(rotation, 'retirement');
        await (await stage.contain({ severity: 'critical' })).result();
      },
      (stage) => stage.rotate(),
      { containment: { unattended: ['critical'] }, entitlements: [{ connection: 'grants', account: 'orders' }] },
    );
  },
  'contained-persisting': (harness) => {
    const world = new MemoryWorld('overlap');
    world.system.login = () => 'unknown';
    return record(
      harness,
      world,
      async (stage, run) => {
        await contained(stage, run);
        await stage.gate(run, 'waive-KEY0');
        world.system.login = undefined;
      },
      (stage) => stage.contain(),
    );
  },
  reopened: (harness) =>
    record(
      harness,
      new MemoryWorld('overlap'),
      async (stage, run) => void (await stage.approve(run, 'reopening', { approver: 'eve@example.com' })),
      async (stage) => {
        const run = await stage.contain();
        await contained(stage, run);
        await run.result();
        return stage.reopen({ requestedBy: 'dana@example.com' });
      },
    ),
};

async function contained(stage: Stage, run: Rotation): Promise<void> {
  await stage.approve(run, 'paused-api');
  await stage.approve(run, 'waive-jobs', { comment: 'it is being retired' });
}

async function record(
  harness: Harness,
  world: MemoryWorld,
  act: (stage: Stage, run: Rotation) => Promise<void>,
  begin = (stage: Stage) => stage.rotate(),
  declare: Record<string, unknown> = {},
) {
  return harness.run(
    world,
    async (stage) => {
      const run = await begin(stage);
      await act(stage, run);
      await run.result();
      return { operation: await run.fetchHistory(), lifecycle: await stage.lifecycle.fetchHistory() };
    },
    { declare },
  );
}

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LifecycleRecord } from '../../src/contract/lifecycle.ts';
import { malformedRequests } from '../fakes/malformed-requests.ts';
import { snapshot } from '../fakes/snapshot.ts';
import { Harness, type Stage } from './harness.ts';
import { MemoryWorld } from './memory-world.ts';
import { refusalOf } from './refusals.ts';

const harness = new Harness();
const soon = { quiet: '1s', observe: '1s' };
const recordOf = (stage: Stage) => stage.lifecycle.query<LifecycleRecord>('record');

test('F12: a second operation is refused as identity_busy, naming the first, which goes on as if nothing was asked', async () => {
  await harness.run(
    new MemoryWorld('alternate'),
    async (stage) => {
      const first = await stage.rotate();
      const gate = await stage.gate(first, 'retirement');
      const before = await recordOf(stage);
      const seconds = await Promise.all([stage.rotate(), stage.rotate({ dryRun: true })]);
      for (const second of seconds) {
        const { type, message } = await refusalOf(second.result());
        assert.equal(type, 'identity_busy');
        assert.ok(message.includes(first.workflowId), message);
      }
      assert.deepEqual(await recordOf(stage), before);
      assert.equal((await stage.gate(first, 'retirement')).plan, gate.plan);
      await stage.confirm(first, gate.id);
      assert.equal((await first.result()).result, 'completed');
      const last = await stage.rotate({ dryRun: true });
      assert.equal((await last.result()).result, 'planned', 'and once the first has ended another may begin');
    },
    { declare: soon },
  );
});

test('an identity that nobody declared is refused as unknown_identity', async () => {
  await harness.run(new MemoryWorld('alternate'), async (stage) => {
    const unknown = await refusalOf((await stage.rotate({ identity: 'nobody' })).result());
    assert.equal(unknown.type, 'unknown_identity');
    assert.match(unknown.message, /no identity "nobody" is under management/);

    const undeclared = await stage.env.client.workflow.start('identityLifecycle', {
      taskQueue: stage.taskQueue,
      workflowId: 'identity/undeclared',
      args: [{ id: 'undeclared' }],
    });
    assert.equal(await undeclared.query('record'), null);
    const early = await refusalOf((await stage.rotate({ identity: 'undeclared' })).result());
    assert.equal(early.type, 'unknown_identity');
    assert.equal(await undeclared.query('record'), null, 'nothing is held');
    await undeclared.terminate();
  });
});

test('a malformed request of whatever SDK fails as invalid_request by its field, and nothing is held or changed', async () => {
  const world = new MemoryWorld('alternate');
  await harness.run(world, async (stage) => {
    const [record, found] = [await recordOf(stage), snapshot(world)];
    const started = malformedRequests.map(async ([what, raw, because], at) => {
      const run = await stage.env.client.workflow.start('rotateCredential', {
        taskQueue: stage.taskQueue,
        workflowId: `rotate/malformed/${at}`,
        args: raw === undefined ? [] : [raw],
      });
      const { type, message } = await refusalOf(run.result());
      assert.equal(type, 'invalid_request', what);
      assert.match(message, because, what);
      assert.ok(message.length < 2_000, what);
    });
    await Promise.all(started);
    assert.deepEqual(await recordOf(stage), record);
    assert.deepEqual(snapshot(world), found);
    assert.equal((await (await stage.rotate({ dryRun: true })).result()).result, 'planned');
  });
});

test('declaring twice is declaring once, and a declaration that is not valid changes nothing', async () => {
  const world = new MemoryWorld('alternate');
  const rotate = { every: '30d' };
  await harness.run(
    world,
    async (stage) => {
      const before = await recordOf(stage);
      await stage.env.sleep('1d');
      await stage.declare(world.declared({ rotate })).catch(() => undefined);
      await stage.lifecycle.executeUpdate('declare', { args: [world.declared({ rotate })] });
      assert.deepEqual(await recordOf(stage), before, 'F5: what is due is not put off by saying it again');

      const wrong: readonly [spec: unknown, because: RegExp][] = [
        [null, /^identity: /],
        [{}, /^identity\.id: /],
        [world.declared({ id: 'Orders!' }), /^identity\.id: /],
        [world.declared({ id: 'another' }), /^identity\.id: expected orders/],
        [world.declared({ owner: '' }), /^identity\.owner: /],
        [world.declared({ consumers: [] }), /^identity\.consumers: /],
        [world.declared({ quiet: 600 }), /^identity\.quiet: /],
        [world.declared({ gates: {} }), /^identity\.gates\.retirement: .*identity\.gates\.intervention: /],
        [world.declared({ autoApprove: true }), /^identity: .*"autoApprove"/],
      ];
      for (const [spec, because] of wrong) {
        const { type, message } = await refusalOf(stage.lifecycle.executeUpdate('declare', { args: [spec] }));
        assert.equal(type, 'invalid_request', message);
        assert.match(message, because);
      }
      assert.deepEqual(await recordOf(stage), before);
    },
    { declare: { rotate } },
  );
});

test('a thousand rounds over one identity do not grow its history without bound, and nothing it knows is lost', async () => {
  await harness.run(
    new MemoryWorld('alternate'),
    async (stage) => {
      const { lifecycle } = stage;
      const waiver = { consumer: 'jobs', by: 'dana@example.com', reason: 'a test', at: 'then', operation: 'first' };
      const holder = (operation: string) => ({ operation, verb: 'x', workflowId: operation, runId: 'r' });
      const open = (operation: string) => lifecycle.executeUpdate('open', { args: [holder(operation)] });
      const close = (operation: string, waivers: unknown[] = []) =>
        lifecycle.executeUpdate('close', { args: [{ operation, result: 'completed', waivers }] });
      await open('first');
      await close('first', [waiver]);
      const { dueAt, lastRotation } = await recordOf(stage);
      assert.ok(dueAt && lastRotation);

      // Each message ten times at once: what counts is counted once, and a round costs one trip.
      const runs = new Set<string>();
      const rounds = 100;
      for (let round = 0; round < rounds; round += 1) {
        const operation = `round-${round}`;
        const tenTimes = Array.from({ length: 10 }, () => operation);
        const answers = await Promise.all(tenTimes.map(open));
        assert.ok(answers.every((answer) => (answer as { opened: boolean }).opened));
        assert.equal((await recordOf(stage)).hold?.operation, operation);
        await Promise.all(tenTimes.map((each) => close(each)));
        const { runId, historyLength } = await lifecycle.describe();
        assert.ok(historyLength < 4_000, `${historyLength} events in one run`);
        runs.add(runId);
      }
      assert.ok(runs.size >= 4, `${runs.size} runs`);
    },
    { declare: { rotate: { every: '30d' } } },
  );
});

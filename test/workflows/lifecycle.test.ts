import assert from 'node:assert/strict';
import { test } from 'node:test';
import { malformedRequests } from '../fakes/malformed-requests.ts';
import { snapshot } from '../fakes/snapshot.ts';
import { Harness, type Stage } from './harness.ts';
import { MemoryWorld } from './memory-world.ts';
import { failureOf, refusalOf } from './refusals.ts';

const harness = new Harness();
const soon = { quiet: '1s', observe: '1s' };

test('F12: a second operation is refused as identity_busy, naming the first, which goes on as if nothing was asked', async () => {
  await harness.run(
    new MemoryWorld('alternate'),
    async (stage) => {
      const first = await stage.rotate();
      const gate = await stage.gate(first, 'retirement');
      const before = await stage.record();
      const seconds = await Promise.all([stage.rotate(), stage.rotate({ dryRun: true })]);
      for (const second of seconds) {
        const { type, message } = await failureOf(stage, second);
        assert.equal(type, 'identity_busy');
        assert.ok(message.includes(first.workflowId), message);
      }
      assert.deepEqual(await stage.record(), before);
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
    const unknown = await failureOf(stage, await stage.rotate({ identity: 'nobody' }));
    assert.equal(unknown.type, 'unknown_identity');
    assert.match(unknown.message, /no identity "nobody" is under management/);

    const undeclared = await stage.env.client.workflow.start('identityLifecycle', {
      taskQueue: stage.taskQueue,
      workflowId: 'identity/undeclared',
      args: [{ id: 'undeclared' }],
    });
    assert.equal(await undeclared.query('record'), null);
    const early = await failureOf(stage, await stage.rotate({ identity: 'undeclared' }));
    assert.equal(early.type, 'unknown_identity');
    assert.equal(await undeclared.query('record'), null, 'nothing is held');
    await undeclared.terminate();
  });
});

test('a malformed request of whatever SDK fails as invalid_request by its field, and nothing is held or changed', async () => {
  const world = new MemoryWorld('alternate');
  await harness.run(world, async (stage) => {
    const [record, found] = [await stage.record(), snapshot(world)];
    for (const [at, [what, raw, because]] of malformedRequests.entries()) {
      const run = await stage.env.client.workflow.start('rotateCredential', {
        taskQueue: stage.taskQueue,
        workflowId: `rotate/malformed/${at}`,
        args: raw === undefined ? [] : [raw],
      });
      const { type, message } = await failureOf(stage, run);
      assert.equal(type, 'invalid_request', what);
      assert.match(message, because, what);
      assert.ok(message.length < 2_000, what);
    }
    assert.deepEqual(await stage.record(), record);
    assert.deepEqual(snapshot(world), found);
    assert.equal((await (await stage.rotate({ dryRun: true })).result()).result, 'planned');
  });
});

const api = { id: 'api', connection: 'api' };
const jobs = { id: 'jobs', connection: 'jobs' };
const alone = { approvers: ['dana@example.com'], proof: 'none' };
/** Fields that are right alone and wrong together: what `keyturn apply` refuses, sent by another SDK. */
const inconsistent: readonly [change: Record<string, unknown>, because: RegExp][] = [
  [{ consumers: [api, api] }, /^identity\.consumers\.1\.id: expected ids that differ; "api" stands twice$/],
  [{ consumers: [{ ...api, after: ['none'] }] }, /^identity\.consumers\.0\.after: .*"none" is not one$/],
  [{ consumers: [{ ...api, after: ['api'] }] }, /^identity\.consumers\.0\.after: .*wait for each other: api$/],
  [
    { consumers: [api, { ...jobs, after: ['last'] }, { id: 'last', connection: 'jobs', after: ['jobs'] }] },
    /^identity\.consumers\.1\.after: expected an order; these wait for each other: jobs, last$/,
  ],
  [
    { quiet: '1m', consumers: [{ ...api, cacheTtl: '5m' }] },
    /^identity\.quiet: expected at least the longest cacheTtl/,
  ],
  [{ rotate: { every: '15m' } }, /^identity\.rotate\.every: expected longer than quiet and observe together/],
  [
    { gates: { retirement: { ...alone, required: 2 }, intervention: { ...alone, approvers: [] } } },
    /^identity\.gates\.retirement\.approvers: .*least 2 people.*; identity\.gates\.intervention\.approvers: .*least 1/,
  ],
];

test('declaring twice is declaring once, and a declaration that is not valid changes nothing', async () => {
  const world = new MemoryWorld('alternate');
  const rotate = { every: '30d' };
  await harness.run(
    world,
    async (stage) => {
      const before = await stage.record();
      await stage.env.sleep('1d');
      await stage.lifecycle.executeUpdate('declare', { args: [world.declared({ rotate })] });
      assert.deepEqual(await stage.record(), before, 'F5: what is due is not put off by saying it again');

      const wrong: readonly (readonly [spec: unknown, because: RegExp])[] = [
        [null, /^identity: /],
        [{}, /^identity\.id: /],
        [world.declared({ id: 'Orders!' }), /^identity\.id: /],
        [world.declared({ id: 'another' }), /^identity\.id: expected orders/],
        [world.declared({ owner: '' }), /^identity\.owner: /],
        [world.declared({ consumers: [] }), /^identity\.consumers: /],
        [world.declared({ quiet: 600 }), /^identity\.quiet: /],
        [world.declared({ gates: {} }), /^identity\.gates\.retirement: .*identity\.gates\.intervention: /],
        [world.declared({ autoApprove: true }), /^identity: .*"autoApprove"/],
        ...inconsistent.map(([change, because]) => [world.declared(change), because] as const),
      ];
      for (const [spec, because] of wrong) {
        const { type, message } = await refusalOf(stage.lifecycle.executeUpdate('declare', { args: [spec] }));
        assert.equal(type, 'invalid_request', message);
        assert.match(message, because);
      }
      assert.deepEqual(await stage.record(), before);
    },
    { declare: { rotate } },
  );
});

const waiver = { consumer: 'jobs', by: 'dana@example.com', reason: 'a test', at: 'then', operation: 'first' };
const tenTimes = Array.from({ length: 10 }, (_, n) => n);

function operating({ lifecycle }: Stage) {
  return {
    open: (operation: string) => {
      const holder = { operation, verb: 'x', workflowId: operation, runId: 'r' };
      return lifecycle.executeUpdate<{ opened: boolean }, [typeof holder]>('open', { args: [holder] });
    },
    close: (operation: string, waivers: unknown[] = []) =>
      lifecycle.executeUpdate('close', { args: [{ operation, result: 'completed', waivers }] }),
  };
}

test('a thousand opens and closes of one identity do not grow its history without bound', async () => {
  await harness.run(new MemoryWorld('alternate'), async (stage) => {
    const { open, close } = operating(stage);
    const runs = new Set<string>();
    for (let round = 0; round < 100; round += 1) {
      const operation = `round-${round}`;
      // Ten of each at once: a message that comes again changes nothing, and a round costs one trip.
      const answers = await Promise.all(tenTimes.map(() => open(operation)));
      assert.ok(answers.every(({ opened }) => opened));
      assert.equal((await stage.record()).hold?.operation, operation);
      await Promise.all(tenTimes.map(() => close(operation)));
      assert.equal((await stage.record()).hold, undefined);
      const { runId, historyLength } = await stage.lifecycle.describe();
      assert.ok(historyLength < 4_000, `${historyLength} events in one run`);
      runs.add(runId);
    }
    assert.ok(runs.size >= 4, `${runs.size} runs`);
  });
});

test('a hold, what is due and the exceptions outlive the run of the lifecycle that took them', async () => {
  await harness.run(
    new MemoryWorld('alternate'),
    async (stage) => {
      const { open, close } = operating(stage);
      await open('first');
      await close('first', [waiver]);
      await open('holding');
      const [before, { runId }] = [await stage.record(), await stage.lifecycle.describe()];
      assert.deepEqual([before.hold?.operation, before.exceptions], ['holding', [waiver]]);
      assert.equal(Date.parse(before.dueAt!) - Date.parse(before.lastRotation!), 30 * 86_400_000);
      for (let sent = 0; sent < 600; sent += 10) await Promise.all(tenTimes.map(() => close('first', [waiver])));
      assert.notEqual((await stage.lifecycle.describe()).runId, runId, 'it goes on in another run');
      assert.deepEqual(await stage.record(), before);
    },
    { declare: { rotate: { every: '30d' } } },
  );
});

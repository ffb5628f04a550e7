import assert from 'node:assert/strict';
import { test } from 'node:test';
import { malformedConfirms, malformedOrders } from '../fakes/malformed-messages.ts';
import { Harness, type Rotation, type Stage } from './harness.ts';
import { MemoryWorld } from './memory-world.ts';
import { failureOf, refusalOf } from './refusals.ts';
import { isWedged } from './wedged.ts';

const harness = new Harness();
const declare = { quiet: '1ms', observe: '1ms' };

const denied = async (stage: Stage, run: Rotation): Promise<string[]> =>
  (await stage.journal(run)).filter(({ verdict }) => verdict === 'denied').map(({ because }) => because);

async function completes(stage: Stage, run: Rotation): Promise<void> {
  await stage.approve(run, 'retirement');
  assert.equal((await run.result()).result, 'completed');
}

test('I9: a malformed order is journaled and obeyed by nobody', async () => {
  await harness.run(
    new MemoryWorld('alternate'),
    async (stage) => {
      const run = await stage.rotate();
      await stage.gate(run, 'retirement');
      for (const name of ['pause', 'abort', 'resume']) {
        const before = (await denied(stage, run)).length;
        for (const [, raw] of malformedOrders) await run.signal(name, raw);
        await run.signal(name);
        const lines = (await denied(stage, run)).slice(before);
        assert.equal(lines.length, malformedOrders.length + 1);
        for (const [at, [what, , because]] of malformedOrders.entries()) assert.match(lines[at]!, because, what);
        const { paused, stage: where } = await stage.status(run);
        assert.deepEqual([paused, where], [null, 'awaiting-confirmation']);
      }
      await completes(stage, run);
    },
    { declare },
  );
});

test('I9: a thousand malformed signals in one go do not wedge the run', async () => {
  await harness.run(
    new MemoryWorld('alternate'),
    async (stage) => {
      const run = await stage.rotate();
      const { id } = await stage.gate(run, 'retirement');
      const payloads = malformedConfirms.map(([, raw]) => raw);
      for (let sent = 0; sent < 1_000; sent += 50)
        await Promise.all(
          Array.from({ length: 50 }, (_, n) => run.signal(n % 2 ? 'confirm' : 'pause', payloads[n % payloads.length])),
        );
      assert.equal((await denied(stage, run)).length, 1_000);
      await stage.confirm(run, id);
      assert.equal((await run.result()).result, 'completed');
      assert.ok((await stage.journal(run)).length <= 2_001);
    },
    { declare },
  );
});

test('I9: a waiver whose reason is no proper Unicode does not wedge the run', async () => {
  const world = new MemoryWorld('alternate');
  world.consumers['jobs']!.reload = 'ignored';
  await harness.run(
    world,
    async (stage) => {
      const run = await stage.rotate();
      const { id } = await stage.gate(run, 'waive-jobs');
      await stage.confirm(run, id, { approver: 'eve@example.com', comment: 'cut in half: \ud83d' });
      await stage.env.sleep('2s');
      assert.equal(await isWedged(stage, run, run.query('status')), false);
      await completes(stage, run);
    },
    { declare },
  );
});

const undecodable: readonly [what: string, encoding: string, data: string][] = [
  ['is no JSON', 'json/plain', '{"gate": "retirement"'],
  ['is in an encoding that nobody knows', 'binary/of-somebody-else', 'x'],
];

for (const [what, encoding, data] of undecodable)
  test(`I9: a signal whose payload ${what} does not wedge the run`, async () => {
    await harness.run(
      new MemoryWorld('alternate'),
      async (stage) => {
        const run = await stage.rotate();
        await stage.gate(run, 'retirement');
        const { connection, namespace = 'default' } = stage.env;
        await connection.workflowService.signalWorkflowExecution({
          namespace,
          workflowExecution: { workflowId: run.workflowId },
          signalName: 'confirm',
          input: { payloads: [{ metadata: { encoding: Buffer.from(encoding) }, data: Buffer.from(data) }] },
        });
        assert.equal(await isWedged(stage, run, run.query('status')), false);
        await completes(stage, run);
      },
      { declare },
    );
  });

test('I9: a request that no text can be made of fails, and does not wedge its run', async () => {
  await harness.run(
    new MemoryWorld('alternate'),
    async (stage) => {
      for (const field of ['identity', 'requestedBy']) {
        const run = await stage.rotate({ [field]: { toString: 'not a function' } });
        const ended = failureOf(stage, run);
        assert.equal(await isWedged(stage, run, ended), false, field);
        assert.equal((await ended).type, 'invalid_request');
      }
    },
    { declare },
  );
});

const lifecycleMalformed: readonly [update: string, sent: unknown][] = [
  ['open', null],
  ['open', 'rotate/orders/1'],
  ['note', null],
  ['close', null],
  ['close', { operation: 'rotate/orders/1', result: 'completed' }],
];

for (const [update, sent] of lifecycleMalformed)
  test(`I9: ${update} with ${JSON.stringify(sent)} is refused by the lifecycle, and does not wedge it`, async () => {
    await harness.run(
      new MemoryWorld('alternate'),
      async (stage) => {
        const holder = { operation: 'rotate/orders/1', verb: 'x', workflowId: 'rotate/orders/1', runId: 'r' };
        await stage.lifecycle.executeUpdate('open', { args: [holder] });
        const before = await stage.lifecycle.query('record');
        const refusal = refusalOf(stage.lifecycle.executeUpdate(update, { args: [sent] }));
        assert.equal(await isWedged(stage, stage.lifecycle, refusal), false);
        assert.equal((await refusal).type, 'invalid_request');
        assert.deepEqual(await stage.lifecycle.query('record'), before);
      },
      { declare },
    );
  });

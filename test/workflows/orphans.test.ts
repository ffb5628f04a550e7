import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ApplicationFailure } from '@temporalio/common';
import { Harness } from './harness.ts';
import { MemoryWorld } from './memory-world.ts';

const harness = new Harness();

describe('slots and orphans', () => {
  test('F10: a full slot opens a gate with owner and last use, and nothing is deleted to make room', async () => {
    const world = new MemoryWorld('overlap');
    const foreign = world.system.add('KEY-OF-SOMEBODY', 'not ours at all');
    foreign.usedAt = '2026-01-02T03:04:05Z';
    await harness.run(world, async (stage) => {
      const run = await stage.rotate();
      const gate = await stage.gate(run, 'slot');
      assert.match(gate.question, /all 2 slots are taken.*Owner: dana@example\.com/);
      assert.match(
        gate.evidence.join('\n'),
        /KEY-OF-SOMEBODY: not made by Keyturn, live, .* last used 2026-01-02T03:04:05Z/,
      );
      assert.equal(world.system.credentials.length, 2);
      await stage.confirm(run, gate.id);
      const again = await stage.gate(run, 'slot');
      assert.notEqual(again.id, gate.id, 'still full, so it is asked anew');
      world.system.credentials.splice(world.system.credentials.indexOf(foreign), 1);
      await stage.confirm(run, again.id);
      await stage.approve(run, 'retirement');
      assert.equal((await run.result()).result, 'completed');
    });
  });

  test('a key whose answer was lost is found by looking, and retired: no orphan is left', async () => {
    const world = new MemoryWorld('overlap');
    let lost = 0;
    await harness.run(
      world,
      async (stage) => {
        const run = await stage.rotate();
        await stage.approve(run, 'retirement');
        assert.equal((await run.result()).result, 'completed');
        assert.equal(lost, 1);
        assert.equal(world.system.credentials.length, 1);
        assert.ok(world.store.holds(world.system.credentials[0]!.secret));
      },
      {
        wrap: (activities) => ({
          ...activities,
          issueCredential: async (input) => {
            if ((lost += 1) > 1) {
              lost = 1;
              return activities.issueCredential(input);
            }
            const port = world.system.port();
            if (port.mint.at === 'provider')
              await port.mint.issue(input.account, { operation: '', signal: new AbortController().signal });
            throw ApplicationFailure.create({ type: 'outcome_unknown', message: 'the answer was lost' });
          },
        }),
      },
    );
  });

  test('F10: when more appeared than answers were lost, a person is asked and nothing is deleted', async () => {
    const world = new MemoryWorld('overlap');
    world.system.port();
    await harness.run(
      world,
      async (stage) => {
        const run = await stage.rotate();
        const gate = await stage.gate(run, 'orphans');
        assert.match(gate.question, /2 credentials appeared but only 1 answers were lost/);
        assert.equal(world.system.credentials.length, 3);
        assert.equal((await stage.confirm(run, gate.id, { decision: 'reject' })).outcome, 'accepted');
        const { result, found } = await run.result();
        assert.deepEqual([result, found], ['rolled-back', ['THEIRS', 'OURS']], 'what is left is named');
        assert.equal(world.system.credentials.length, 3);
      },
      {
        wrap: (activities) => ({
          ...activities,
          issueCredential: async () => {
            world.system.add('THEIRS', 'made by a colleague just now', 'unknown');
            world.system.add('OURS', 'made by us, its answer lost', 'unknown');
            throw ApplicationFailure.create({ type: 'outcome_unknown', message: 'the answer was lost' });
          },
        }),
      },
    );
  });

  test('F10: while nobody can say whether what appeared was used, a person is asked and nothing is deleted', async () => {
    const world = new MemoryWorld('overlap');
    await harness.run(
      world,
      async (stage) => {
        const run = await stage.rotate();
        const gate = await stage.gate(run, 'orphans');
        assert.match(gate.question, /was used, or nobody could say/);
        assert.equal(world.system.credentials.length, 2);
        await stage.confirm(run, gate.id, { decision: 'reject' });
        assert.equal((await run.result()).result, 'rolled-back');
        assert.equal(world.system.credentials.length, 2);
      },
      {
        wrap: (activities) => ({
          ...activities,
          readLastUse: async () => ({ at: 'unknown', lagSeconds: 0 }),
          issueCredential: async () => {
            world.system.add('OURS', 'made by us, its answer lost', 'unknown');
            throw ApplicationFailure.create({ type: 'outcome_unknown', message: 'the answer was lost' });
          },
        }),
      },
    );
  });

  test('F17: a credential that Keyturn did not make is named in the outcome and left alone', async () => {
    const world = new MemoryWorld('alternate');
    await harness.run(world, async (stage) => {
      const run = await stage.rotate();
      const { id } = await stage.gate(run, 'retirement');
      world.system.add('orders_zz', 'by hand, meanwhile');
      await stage.confirm(run, id);
      const outcome = await run.result();
      assert.deepEqual(outcome.found, ['orders_zz']);
      assert.ok(world.system.accepts('orders_zz', 'by hand, meanwhile'));
    });
  });
});

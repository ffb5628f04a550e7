import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Confirm, GateStatus } from '../../src/contract/messages.ts';
import { planHash } from '../../src/workflows/rules/plan-hash.ts';
import { malformedConfirms } from '../fakes/malformed-messages.ts';
import { Harness, type Rotation, type Stage } from './harness.ts';
import { MemoryWorld } from './memory-world.ts';
import { refusalOf } from './refusals.ts';

const harness = new Harness();
const people = ['dana@example.com', 'eve@example.com', 'rob@example.com'];
const intervention = { approvers: people, proof: 'none' };
const soon = { quiet: '1s', observe: '1h' };

const gateNow = async (stage: Stage, run: Rotation, id: string): Promise<GateStatus> =>
  (await stage.status(run)).gates.find((gate) => gate.id === id)!;

const deniedLines = async (stage: Stage, run: Rotation): Promise<string[]> =>
  (await stage.journal(run)).filter(({ verdict }) => verdict === 'denied').map(({ because }) => because);

test('a gate that needs two people', async (t) => {
  const retirement = { approvers: people, required: 2, proof: 'none' };
  await harness.run(
    new MemoryWorld('alternate'),
    async (stage) => {
      const run = await stage.rotate({ requestedBy: 'rob@example.com' });
      const gate = await stage.gate(run, 'retirement');
      await t.test('F19: the plan hash can be computed again from the run and from what the gate shows', async () => {
        const { runId } = await run.describe();
        const { id, question, commands, evidence } = gate;
        const shown = { run: `${run.workflowId}/${runId}`, gate: id, question, commands, evidence };
        assert.equal(gate.plan, planHash(shown));
      });
      await t.test('an update that is malformed is refused by the validator, by the field', () =>
        refusesMalformed(stage, run),
      );
      await t.test('a signal that is malformed is journaled, and the run goes on', () => journalsMalformed(stage, run));
      await t.test('a gate that this run does not know is refused', () => refusesUnknown(stage, run));
      await t.test('F18, F19: who may not decide, or decides something else, is denied', () =>
        denies(stage, run, gate),
      );
      await t.test('I8: two approvals of one person are one, and a second person opens it', () =>
        countsPeople(stage, run, gate),
      );
      await t.test('F19: what was approved is decided: nothing that comes later counts', () =>
        isFinal(stage, run, gate),
      );
      assert.equal((await run.result()).result, 'completed');
    },
    { declare: { ...soon, gates: { retirement, intervention } } },
  );
});

async function refusesMalformed(stage: Stage, run: Rotation): Promise<void> {
  const before = await stage.journal(run);
  for (const [what, raw, because] of malformedConfirms) {
    const { type, message } = await refusalOf(run.executeUpdate('confirm', { args: [raw] }));
    assert.equal(type, 'invalid_request', what);
    assert.match(message, because, what);
  }
  assert.deepEqual(await stage.journal(run), before, 'an update that a validator refuses leaves no trace');
}

async function journalsMalformed(stage: Stage, run: Rotation): Promise<void> {
  for (const [, raw] of malformedConfirms) await run.signal('confirm', raw);
  await run.signal('confirm');
  const lines = await deniedLines(stage, run);
  assert.equal(lines.length, malformedConfirms.length + 1);
  for (const [at, [what, , because]] of malformedConfirms.entries()) assert.match(lines[at]!, because, what);
  assert.deepEqual((await gateNow(stage, run, 'retirement')).given, []);
}

async function refusesUnknown(stage: Stage, run: Rotation): Promise<void> {
  const { type, message } = await refusalOf(stage.confirm(run, 'retirement-9'));
  assert.deepEqual([type, message], ['not_found', 'confirm.gate: no gate "retirement-9" in this run']);
  await run.signal('confirm', { gate: 'retirement-9', decision: 'approve', approver: 'dana@example.com' });
  assert.match((await deniedLines(stage, run)).at(-1)!, /no such gate/);
}

async function denies(stage: Stage, run: Rotation, gate: GateStatus): Promise<void> {
  const table: readonly [sent: Partial<Confirm>, because: RegExp][] = [
    [{ plan: `sha256:${'0'.repeat(64)}` }, /names plan sha256:000.*but this gate asks about sha256:/],
    [{ approver: 'rob@example.com' }, /rob@example.com asked for this, so somebody else must decide/],
    [{ approver: 'ROB@Example.com' }, /ROB@Example.com asked for this/],
    [{ approver: ' rob@example.com ' }, /asked for this/],
    [{ approver: 'rob@example.com', decision: 'reject' }, /asked for this/],
    [{ approver: 'mallory@example.com' }, /mallory@example.com is not among the people who may decide here/],
    [{ approver: 'dana' }, /not among the people/],
    [{ approver: 'mallory@example.com', decision: 'reject' }, /not among the people/],
  ];
  for (const [sent, because] of table) {
    const answer = await stage.confirm(run, gate.id, sent);
    assert.deepEqual([answer.outcome, answer.state, answer.given, answer.needed], ['denied', 'open', 0, 2]);
    assert.match(answer.because, because);
    assert.match((await deniedLines(stage, run)).at(-1)!, because, 'and it is found in the journal');
    await run.signal('confirm', { gate: gate.id, decision: 'approve', approver: 'dana@example.com', ...sent });
  }
  const said = (await deniedLines(stage, run)).slice(-2 * table.length);
  assert.ok(
    table.every(([, because]) => said.filter((line) => because.test(line)).length >= 2),
    'signals are denied too',
  );
}

async function countsPeople(stage: Stage, run: Rotation, { id, plan }: GateStatus): Promise<void> {
  const first = await stage.confirm(run, id, { plan, comment: 'seen' });
  assert.deepEqual([first.outcome, first.state, first.given], ['accepted', 'open', 1]);
  for (const approver of ['dana@example.com', 'Dana@EXAMPLE.com', ' dana@example.com']) {
    const again = await stage.confirm(run, id, { approver });
    assert.deepEqual([again.outcome, again.given], ['denied', 1]);
    assert.match(again.because, /has decided here already/);
  }
  assert.ok(stage.world.system.accepts('orders_a', stage.world.first.secret), 'one of two opens nothing');
  await run.signal('confirm', { gate: id, decision: 'approve', approver: 'eve@example.com', plan });
  const { state, given } = await gateNow(stage, run, id);
  assert.deepEqual([state, given.map(({ by }) => by)], ['approved', ['dana@example.com', 'eve@example.com']]);
}

async function isFinal(stage: Stage, run: Rotation, { id }: GateStatus): Promise<void> {
  for (const decision of ['reject', 'approve'] as const) {
    const late = await stage.confirm(run, id, { decision, approver: 'eve@example.com' });
    assert.deepEqual([late.outcome, late.state], ['denied', 'approved']);
    assert.match(late.because, /this gate is approved; a decision is final/);
    assert.match((await deniedLines(stage, run)).at(-1)!, /a decision is final/);
  }
}

test('rejecting the retirement rolls everything back to the start', async () => {
  const world = new MemoryWorld('overlap');
  await harness.run(
    world,
    async (stage) => {
      const run = await stage.rotate();
      const { id } = await stage.gate(run, 'retirement');
      assert.equal((await stage.confirm(run, id, { decision: 'reject', comment: 'not today' })).state, 'rejected');
      const { result, because } = await run.result();
      assert.deepEqual([result, because], ['rolled-back', 'gate retirement was rejected']);
      assert.deepEqual(
        world.system.credentials.map(({ id: key, status }) => [key, status]),
        [['KEY0', 'live']],
      );
      for (const { running } of Object.values(world.consumers)) assert.equal(running?.secret, world.first.secret);
      assert.deepEqual([...world.store.secrets.keys()], ['apps/orders']);
      const record = await stage.lifecycle.query<{ state: string; hold?: object }>('record');
      assert.deepEqual([record.state, record.hold], ['active', undefined]);
    },
    { declare: soon },
  );
});

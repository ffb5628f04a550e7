import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { OpenGates } from '../../src/client.ts';
import type { OperationOutcome, OperationStatus } from '../../src/contract/messages.ts';
import { CliWorld } from './cli-world.ts';

interface Started {
  readonly workflowId: string;
  readonly runId: string;
  readonly requestId: string;
}
interface Failed {
  readonly error: { readonly code: string; readonly message: string; readonly hint?: string };
}

const as = ['--as', 'rob@example.com'];
const rotate = (id: string, ...rest: string[]) => [
  'rotate',
  'orders',
  '--reason',
  'a test',
  '--request-id',
  id,
  ...as,
  ...rest,
];

describe('the command, with a real Temporal server and encrypted payloads', () => {
  const cli = new CliWorld();

  before(async () => {
    await cli.startWorker();
    await cli.run(['setup']);
    assert.equal((await cli.run(['apply', await cli.manifest({})])).code, 0);
  });

  test('setup registers what is missing, and twice is once', async () => {
    const { added, present, code } = await cli.json<{ added: string[]; present: string[] }>(['setup']);
    assert.deepEqual([added, present.length, code], [[], 7, 0]);
  });

  test('plan prints the commands, ends with 0 and changes nothing', async () => {
    const held = () => cli.world.system.credentials.map(({ id, secret, status }) => ({ id, secret, status }));
    const found = held();
    const { code, stdout } = await cli.run(['plan', 'orders', ...as]);
    assert.equal(code, 0, stdout);
    assert.match(stdout, /planned: nothing was changed\n {2}strategy: overlap\n {3}1\. .*\n/);
    assert.deepEqual(held(), found);
  });

  test('an operation is carried through from the command line: wait, look, approve, wait', async () => {
    const waiting = await cli.json<Started & { waiting: { id: string; plan: string }[] }>(rotate('whole', '--wait'));
    assert.deepEqual([waiting.code, waiting.workflowId, waiting.waiting.length], [5, 'rotate/orders/whole', 1]);
    const [gate] = waiting.waiting;

    const { gates, unanswered } = await cli.json<OpenGates>(['gates', 'orders']);
    assert.deepEqual([gates.map((open) => open.gate.plan), unanswered], [[gate?.plan], []]);

    const blind = await cli.run(['approve', 'orders', '--as', 'dana@example.com']);
    assert.equal(blind.code, 2);
    assert.match(blind.stderr, /without a terminal nobody can be shown the gate; expected --plan HASH/);

    const decide = ['approve', waiting.workflowId, gate?.id ?? '', '--plan', gate?.plan ?? ''];
    const stranger = await cli.json<{ outcome: string }>([...decide, '--as', 'mallory@example.com']);
    assert.deepEqual([stranger.outcome, stranger.code], ['denied', 4]);
    const stale = await cli.json<{ outcome: string }>([...decide.slice(0, -1), 'sha256:0', '--as', 'dana@example.com']);
    assert.deepEqual([stale.outcome, stale.code], ['denied', 4]);
    const approved = await cli.json<{ outcome: string; state: string }>([...decide, '--as', 'dana@example.com']);
    assert.deepEqual([approved.outcome, approved.state, approved.code], ['accepted', 'approved', 0]);

    const ended = await cli.json<{ outcome: OperationOutcome }>(['status', waiting.workflowId, '--wait']);
    assert.deepEqual([ended.outcome.result, ended.code], ['completed', 0]);

    const again = await cli.json<Started>(rotate('whole'));
    assert.deepEqual(
      [again.runId, again.code],
      [waiting.runId, 0],
      'the same request id is the same run, also after its end',
    );
    const late = await cli.json<Failed>([...decide, '--as', 'eve@example.com']);
    assert.deepEqual([late.error.code, late.code], ['not_found', 2]);
  });

  test('a rejected operation ends with 1, a second one on the same identity with 4, and the reader is told why', async () => {
    const first = await cli.json<Started & { waiting: { id: string; plan: string }[] }>(rotate('first', '--wait'));
    const second = await cli.run(rotate('second', '--wait'));
    assert.equal(second.code, 4, second.stderr);
    assert.match(second.stderr, /^keyturn: .*rotate\/orders\/first/);

    const held = await cli.run(['status', 'orders']);
    assert.match(held.stdout, /held by: rotate\/orders\/first/);
    const rejected = await cli.run(['reject', '--plan', first.waiting[0]?.plan ?? '', '--as', 'dana@example.com']);
    assert.equal(rejected.code, 0, 'the one open gate needs no name');
    const { status } = await cli.json<{ status: OperationStatus }>(['status', first.workflowId, '--journal']);
    assert.ok(status.gates.some(({ state }) => state === 'rejected'));
    const ended = await cli.run(['status', first.workflowId, '--wait']);
    assert.equal(ended.code, 1, ended.stdout);
    assert.match(ended.stdout, /rolled-back: /);
  });

  test('what does not exist ends with 2 and says so', async () => {
    const cases: [args: string[], code: string][] = [
      [['status', 'rotate/orders/none'], 'not_found'],
      [['status', 'nobody'], 'unknown_identity'],
      [['approve', 'orders', ...as], 'not_found'],
      [['rotate', 'nobody', '--reason', 'x', '--wait', ...as], 'unknown_identity'],
      [['rotate', 'No Name', '--reason', 'x', ...as], 'invalid_request'],
      [['gates', 'x" OR KeyturnStage != "'], 'invalid_request'],
      [['status', 'orders', '--namespace', 'nowhere'], 'invalid_request'],
    ];
    for (const [args, expected] of cases) {
      const { error, code } = await cli.json<Failed>(args);
      assert.deepEqual([error.code, code], [expected, 2], JSON.stringify({ args, error }));
    }
  });

  test('without the keys of the codec nothing is shown, and the way to them is', async () => {
    const { code, stderr } = await cli.run(['status', 'orders'], { encrypted: false });
    assert.equal(code, 2);
    assert.match(stderr, /encrypted with a key that this client does not hold\nhint: .*--config/);
  });

  test('an interrupt ends the command with 130 and not the operation', async () => {
    cli.world.consumers['api']!.reload = 'ignored';
    const { code, stderr } = await cli.run(rotate('interrupted', '--wait'), { interrupt: true });
    cli.world.consumers['api']!.reload = 'works';
    assert.equal(code, 130);
    assert.match(stderr, /interrupted\nhint: the operation goes on: keyturn status rotate\/orders\/interrupted/);
    const { status } = await cli.json<{ status: OperationStatus }>(['status', 'rotate/orders/interrupted']);
    assert.equal(status.outcome, null);
  });

  test('without a worker a question ends with 3 within fifteen seconds, and a hint', async () => {
    await cli.stopWorker();
    const asked = await cli.run(['status', 'orders']);
    assert.deepEqual([asked.code, asked.ms < 15_000], [3, true], asked.stderr);
    assert.match(asked.stderr, /hint: is a worker running\?/);
    await cli.startWorker();
  });
});

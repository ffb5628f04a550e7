import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { OperationOutcome } from '../../src/contract/messages.ts';
import { CliWorld } from './cli-world.ts';

const as = (name: string) => ['--as', `${name}@example.com`];
const because = ['--reason', 'a test'];

describe('a containment from the command line', () => {
  const cli = new CliWorld();

  before(async () => {
    await cli.startWorker();
    await cli.run(['setup']);
    const manifest = await cli.manifest({ containment: { unattended: ['critical'] } });
    assert.equal((await cli.run(['apply', manifest])).code, 0);
  });

  test('a severity that is none: exit 2, and the ones that there are', async () => {
    const { code, stderr } = await cli.run(['contain', 'orders', ...because, '--severity', 'terrible', ...as('rob')]);
    assert.equal(code, 2);
    assert.match(stderr, /--severity.*low, medium, high, critical/s);
  });

  test('what is not contained can not be re-opened: exit 1, and nothing changed', async () => {
    const { code, stdout, stderr } = await cli.run(['reopen', 'orders', ...because, '--wait', ...as('dana')]);
    assert.equal(code, 1, stdout + stderr);
    assert.match(stdout + stderr, /nothing to re-open/);
  });

  test('a rehearsal prints the commands, and changes nothing', async () => {
    const { code, stdout } = await cli.run(['contain', 'orders', ...because, '--dry-run', '--wait', ...as('rob')]);
    assert.equal(code, 0, stdout);
    assert.match(stdout, /planned: nothing was changed\n {3}1\. disable KEY0\n/);
    assert.equal(cli.world.system.credentials.length, 1);
  });

  test('without a terminal it leaves at its gates with exit 5; stood down, everything is as it was', async () => {
    const request = ['contain', 'orders', ...because, '--request-id', 'drill', '--wait', ...as('rob')];
    const { code, waiting } = await cli.json<{ waiting: { id: string; plan: string }[] }>(request);
    assert.equal(code, 5);
    const down = waiting.find(({ id }) => id === 'stand-down');
    const decide = ['approve', 'contain/orders/drill', 'stand-down', '--plan', down?.plan ?? '', ...as('dana')];
    assert.equal((await cli.run(decide)).code, 4, 'a reason is required');
    assert.equal((await cli.run([...decide, '--comment', 'a drill'])).code, 0);
    const ended = await cli.json<{ outcome: OperationOutcome }>(request);
    assert.deepEqual([ended.code, ended.outcome.result], [1, 'rolled-back']);
    assert.equal(cli.world.system.credentials.length, 1);
  });

  test('unattended: every credential is refused; then a rotation is refused with exit 4, until it is re-opened', async () => {
    const contain = ['contain', 'orders', ...because, '--severity', 'critical', '--wait', ...as('rob')];
    const { code, outcome } = await cli.json<{ outcome: OperationOutcome }>(contain);
    assert.deepEqual([code, outcome.result, outcome.found], [0, 'completed', []]);
    assert.ok(outcome.seconds);
    assert.deepEqual(cli.world.system.credentials, []);
    assert.match((await cli.run(['status', 'orders'])).stdout, /^orders: contained\n(.*\n)* {2}contained since /);
    assert.equal((await cli.run(['rotate', 'orders', ...because, '--wait', ...as('rob')])).code, 4);

    const reopen = ['reopen', 'orders', ...because, '--request-id', 'one', '--wait', ...as('eve')];
    const { waiting } = await cli.json<{ waiting: { plan: string }[] }>(reopen);
    const decide = ['approve', 'reopen/orders/one', 'reopening', '--plan', waiting[0]?.plan ?? '', ...as('dana')];
    assert.equal((await cli.run(decide)).code, 0);
    assert.equal((await cli.run(reopen)).code, 0);
    assert.match((await cli.run(['status', 'orders'])).stdout, /^orders: active\n/);
  });
});

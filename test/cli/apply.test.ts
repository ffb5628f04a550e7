import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { OpenGates, ScheduleChange } from '../../src/client.ts';
import { searchAttributes } from '../../src/contract/search-attributes.ts';
import { CliWorld } from './cli-world.ts';

interface Applied {
  readonly applied: boolean;
  readonly identities: {
    id: string;
    is: string;
    fields: { field: string; from?: string; to?: string }[];
    schedule: ScheduleChange;
  }[];
  readonly notInFile: string[];
}

describe('setup and apply', () => {
  const cli = new CliWorld();

  const apply = async (...changes: Record<string, unknown>[]) =>
    cli.json<Applied>(['apply', await cli.manifest(...changes)]);

  before(() => cli.startWorker());

  test('setup registers every search attribute; before it gates can be asked for all the same', async () => {
    const gates = await cli.json<OpenGates>(['gates', 'orders']);
    assert.deepEqual([gates.gates, gates.unanswered, gates.code], [[], [], 0]);
    const { added, code } = await cli.json<{ added: string[] }>(['setup']);
    assert.deepEqual([added, code], [Object.keys(searchAttributes), 0]);
  });

  test('shows what it would do with --dry-run, and sends nothing', async () => {
    const path = await cli.manifest({ rotate: { every: '30d' } });
    const { code, stdout } = await cli.run(['apply', path, '--dry-run']);
    assert.equal(code, 0);
    assert.equal(
      stdout,
      '+ orders: added\n    schedule: create every 30d\ndry run, nothing was sent: 1 added, 0 changed, 0 unchanged\n',
    );
    assert.equal((await cli.run(['status', 'orders'])).code, 2);
  });

  test('declares what is new, and says what it did in one document', async () => {
    const { applied, identities, code } = await apply({ rotate: { every: '30d' } });
    assert.deepEqual(
      [applied, identities.map(({ id, is, schedule }) => [id, is, schedule.do]), code],
      [true, [['orders', 'added', 'create']], 0],
    );
    assert.match((await cli.run(['status', 'orders'])).stdout, /^orders: active\n {2}owner: dana@example.com/);
  });

  test('does nothing the second time', async () => {
    const { identities } = await apply({ rotate: { every: '30d' } });
    assert.deepEqual(
      identities.map(({ is, fields, schedule }) => [is, fields, schedule.do]),
      [['unchanged', [], 'nothing']],
    );
  });

  test('shows each changed field, old and new, and changes the schedule with it', async () => {
    const path = await cli.manifest({ owner: 'eve@example.com', quiet: '1h', rotate: { every: '60d' } });
    const { stdout } = await cli.run(['apply', path]);
    assert.deepEqual(stdout.split('\n'), [
      '~ orders: changed',
      '    owner: "dana@example.com" -> "eve@example.com"',
      '    quiet: 200ms -> 1h',
      '    rotate.every: 30d -> 60d',
      '    schedule: update every 60d',
      'applied: 0 added, 1 changed, 0 unchanged',
      '',
    ]);
    assert.match((await cli.run(['status', 'orders'])).stdout, /owner: eve@example.com/);
  });

  test('pauses a schedule that is no longer declared, and resumes it when it is again', async () => {
    const schedules = async (change: object) =>
      (await apply({ ...change })).identities.map(({ schedule }) => schedule.do);
    assert.deepEqual(await schedules({}), ['pause']);
    assert.deepEqual(await schedules({}), ['nothing']);
    assert.deepEqual(await schedules({ rotate: { every: '60d' } }), ['resume']);
    assert.deepEqual(await schedules({ rotate: { every: '60d' } }), ['nothing']);
  });

  test('F17: names what is under management and not in the file, and leaves it alone', async () => {
    await apply({ id: 'billing' }, { rotate: { every: '60d' } });
    const { notInFile, identities } = await apply({ id: 'billing' });
    assert.deepEqual([notInFile, identities.map(({ id, is }) => [id, is])], [['orders'], [['billing', 'unchanged']]]);
    assert.match((await cli.run(['status', 'orders'])).stdout, /^orders: active/);
  });
});

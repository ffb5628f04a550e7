import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { OpenGates } from '../../src/client.ts';
import type { OperationOutcome, OperationStatus } from '../../src/contract/messages.ts';
import { gone } from '../workflows/leaving.ts';
import { CliWorld } from './cli-world.ts';

const as = (name: string) => ['--as', `${name}@example.com`];
const because = ['--reason', 'a test'];
const offboarding = { observe: '200ms', reprobe: '200ms' };

describe('an offboarding from the command line', () => {
  const cli = new CliWorld();

  before(async () => {
    await cli.startWorker();
    await cli.run(['setup']);
    gone(cli.world);
    const manifest = await cli.manifest({ offboarding }, { id: 'billing', offboarding });
    assert.equal((await cli.run(['apply', manifest])).code, 0);
  });

  test('a rehearsal prints the commands, and changes nothing', async () => {
    const { code, stdout } = await cli.run(['offboard', 'orders', ...because, '--dry-run', '--wait', ...as('rob')]);
    assert.equal(code, 0, stdout);
    assert.match(stdout, /planned: nothing was changed\n {3}1\. disable KEY0\n/);
    assert.equal(cli.world.system.credentials.length, 1);
  });

  test('everything that one owner answers for: a line each, and gates that each can be decided at', async () => {
    const request = ['offboard-owner', 'dana@example.com', ...because, '--request-id', 'leaves', ...as('rob')];
    const { code, workflowId } = await cli.json<{ workflowId: string }>(request);
    assert.deepEqual([code, workflowId], [0, 'offboard-owner/dana%40example.com/leaves']);
    const open = await untilOpen(14);
    for (const { workflowId: child, gate } of open.filter(({ gate: { id } }) => id.startsWith('gone-'))) {
      const decided = await cli.run(['approve', child, gate.id, '--plan', gate.plan, ...as('dana')]);
      assert.equal(decided.code, 0, decided.stderr);
    }
    const ended = await cli.json<{ outcome: OperationOutcome }>([...request, '--wait']);
    assert.deepEqual(
      [ended.code, ended.outcome.items],
      [
        0,
        [
          { what: 'identity billing', became: 'out of service' },
          { what: 'identity orders', became: 'out of service' },
        ],
      ],
    );
    const { status } = await cli.json<{ status: OperationStatus }>(['status', workflowId]);
    assert.deepEqual(
      status.steps.map(({ object, state }) => [object, state]),
      [
        ['billing', 'done'],
        ['orders', 'done'],
      ],
    );
    assert.match((await cli.run(['status', 'orders'])).stdout, /^orders: offboarded\n/);
    assert.deepEqual(cli.world.system.credentials, []);
  });

  test('what is out of service is refused with exit 4, and apply starts no schedule for it', async () => {
    assert.equal((await cli.run(['rotate', 'orders', ...because, '--wait', ...as('rob')])).code, 4);
    const manifest = await cli.manifest({ offboarding, rotate: { every: '30d' } });
    const { identities } = await cli.json<{ identities: { schedule: { do: string } }[] }>(['apply', manifest]);
    assert.equal(identities[0]?.schedule.do, 'nothing');
  });

  async function untilOpen(count: number): Promise<OpenGates['gates']> {
    for (let round = 0; round < 60; round += 1) {
      const { gates } = await cli.json<OpenGates>(['gates']);
      if (gates.length >= count) return gates;
    }
    throw new Error(`${count} gates did not open`);
  }
});

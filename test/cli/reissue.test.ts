import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { OperationOutcome } from '../../src/contract/messages.ts';
import { CertificateWorld } from '../workflows/certificate-world.ts';
import { CliWorld } from './cli-world.ts';

const world = await CertificateWorld.create();
const as = (name: string) => ['--as', `${name}@example.com`];
const reissue = ['reissue', 'orders', '--reason', 'a test', ...as('rob')];

describe('a reissue from the command line', () => {
  const cli = new CliWorld(world);

  before(async () => {
    await cli.startWorker();
    await cli.run(['setup']);
  });

  test('a certificate is scheduled to be reissued, not rotated', async () => {
    const { code, stdout } = await cli.run(['apply', await cli.manifest({ rotate: { every: '30d' } })]);
    assert.equal(code, 0, stdout);
    assert.match(stdout, /schedule: create every 30d/);
    const again = await cli.json<{ identities: { schedule: { do: string; starts: string } }[] }>([
      'apply',
      await cli.manifest({ rotate: { every: '30d' } }),
    ]);
    const { do: what, starts } = again.identities[0]!.schedule;
    assert.deepEqual([what, starts], ['nothing', 'reissueCertificate']);
  });

  test('a kind without its certificate, and a certificate without its kind: exit 2, and the field', async () => {
    const missing = await cli.run(['apply', await cli.manifest({ certificate: undefined })]);
    assert.equal(missing.code, 2);
    assert.match(missing.stderr, /certificate: expected of an identity of kind certificate/);
    const unasked = await cli.run(['apply', await cli.manifest({ kind: 'token' })]);
    assert.equal(unasked.code, 2);
    assert.match(unasked.stderr, /certificate: expected nothing here: the identity is of kind token/);
    const name = await cli.run(['apply', await cli.manifest({ certificate: { names: ['Bad Name'] } })]);
    assert.equal(name.code, 2);
    assert.match(name.stderr, /certificate\.names\[?\.?0\]?: expected a DNS name in lower case/);
  });

  test('keyturn plan prints the commands of a reissue, and a rotation says what to do instead', async () => {
    const { code, stdout } = await cli.run(['plan', 'orders', ...as('rob')]);
    assert.equal(code, 0, stdout);
    assert.match(stdout, /have db sign for orders\.example\.com/);
    const rotated = await cli.run(['rotate', 'orders', '--reason', 'a test', '--wait', ...as('rob')]);
    assert.equal(rotated.code, 2);
    assert.match(rotated.stdout + rotated.stderr, /keyturn reissue orders/);
    assert.equal(world.system.authority.issued.length, 1);
  });

  test('a reason that is none: exit 2, and those that there are', async () => {
    const { code, stderr } = await cli.run([...reissue, '--revocation', 'boredom']);
    assert.equal(code, 2);
    assert.match(stderr, /--revocation.*superseded, keyCompromise/s);
  });

  test('it leaves at its gate with exit 5, and once that is approved the same request ends with exit 0', async () => {
    const request = [...reissue, '--request-id', 'one', '--revocation', 'keyCompromise', '--wait'];
    const { code, waiting } = await cli.json<{ waiting: { id: string; plan: string }[] }>(request);
    assert.deepEqual([code, waiting.map(({ id }) => id)], [5, ['retirement']]);
    const decide = ['approve', 'reissue/orders/one', 'retirement', '--plan', waiting[0]?.plan ?? '', ...as('dana')];
    assert.equal((await cli.run(decide)).code, 0);
    const ended = await cli.json<{ outcome: OperationOutcome }>(request);
    assert.deepEqual([ended.code, ended.outcome.result], [0, 'completed']);
    assert.deepEqual(
      world.system.authority.revocations.map(({ reason }) => reason),
      ['keyCompromise'],
    );
    assert.match((await cli.run(['status', 'orders'])).stdout, /expires/);
  });
});

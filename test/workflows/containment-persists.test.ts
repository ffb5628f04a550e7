import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { KeyturnError } from '../../src/contract/errors.ts';
import type { CredentialPort } from '../../src/contract/credentials.ts';
import { Harness } from './harness.ts';
import { MemoryWorld } from './memory-world.ts';

const harness = new Harness();
const options = { declare: { containment: { unattended: ['critical'] }, retryFor: '20s' } };

/** A system in which one call does not work until it is mended. */
class Failing extends MemoryWorld {
  mended = false;
  readonly sessions: string[] = ['one that is open'];

  constructor(failing: 'list' | 'disable' | 'endSessions' | 'revoke', code: 'unavailable' | 'denied') {
    super('alternate');
    const port = this.system.port();
    const { suspension } = port;
    const or =
      <Args extends unknown[], Answer>(name: string, act: (...args: Args) => Promise<Answer>) =>
      (...args: Args): Promise<Answer> =>
        name === failing && !this.mended ? Promise.reject(new KeyturnError(code, 'it is not done')) : act(...args);
    const broken: CredentialPort = {
      ...port,
      list: or('list', (account, call) => port.list(account, call)),
      revoke: or('revoke', (ref, call) => port.revoke(ref, call)),
      endSessions: or('endSessions', async () => void (this.sessions.length = 0)),
      suspension: {
        disable: or('disable', (ref, call) => suspension!.disable(ref, call)),
        enable: (ref, call) => suspension!.enable(ref, call),
      },
    };
    this.system.port = () => broken;
  }
}

describe('F14: a containment never gives up', () => {
  for (const code of ['unavailable', 'denied'] as const)
    for (const failing of ['list', 'disable', 'endSessions', 'revoke'] as const)
      test(`${failing} is ${code} for more than an hour: the status says so all the time, people hear of it, and it goes on by itself`, async () => {
        const world = new Failing(failing, code);
        await harness.run(
          world,
          async (stage) => {
            const run = await stage.contain({ severity: 'critical' });
            const { evidence, question } = await stage.gate(run, 'waive-');
            assert.match(question, /^ACCESS STILL LIVE: /);
            assert.match(evidence.join('\n'), new RegExp(`failed: ${code}`));
            await stage.env.sleep('65m');
            const { alarms, outcome, steps } = await stage.status(run);
            assert.equal(outcome, null);
            assert.ok(steps.length < 12, 'attempts that failed do not pile up');
            assert.match(alarms.join('; '), /^ACCESS STILL LIVE: .*(db|orders_a)/);
            assert.ok(world.notices.some(({ kind }) => kind === 'reminder'));
            world.mended = true;
            const { result, found } = await run.result();
            assert.deepEqual([result, found, world.system.credentials], ['completed', [], []]);
            assert.deepEqual((await stage.status(run)).alarms, []);
          },
          options,
        );
      });

  test('who waives the end of a credential is named, and the outcome says that access may live', async () => {
    const world = new Failing('revoke', 'denied');
    await harness.run(
      world,
      async (stage) => {
        const run = await stage.contain({ severity: 'critical' });
        await stage.approve(run, 'waive-orders_a', { comment: 'the system is switched off' });
        const { because, found } = await run.result();
        assert.match(because, /ACCESS MAY STILL LIVE: orders_a, since a named person waived its end/);
        assert.deepEqual(found, ['orders_a']);
        assert.equal((await stage.record()).exceptions[0]?.reason, 'the system is switched off');
      },
      options,
    );
  });

  test('F25: a verifier that accepts the old secret still is no proof, and neither is one that does not answer', async () => {
    for (const said of ['yes', 'unknown'] as const) {
      const world = new MemoryWorld('overlap');
      world.system.login = () => said;
      await harness.run(
        world,
        async (stage) => {
          const run = await stage.contain({ severity: 'critical' });
          await stage.gate(run, 'waive-KEY0');
          assert.match((await stage.status(run)).alarms.join(), /ACCESS STILL LIVE: KEY0 at db, prove refused failed/);
          world.system.login = undefined;
          assert.equal((await run.result()).result, 'completed');
        },
        options,
      );
    }
  });

  test('the store does not answer: everything is ended all the same, and the proof waits for it', async () => {
    const world = new MemoryWorld('overlap');
    let down = true;
    const port = world.store.port();
    world.store.port = () => ({
      ...port,
      read: (path, call) =>
        down ? Promise.reject(new KeyturnError('unavailable', 'no store')) : port.read(path, call),
    });
    await harness.run(
      world,
      async (stage) => {
        const run = await stage.contain({ severity: 'critical' });
        await stage.gate(run, 'waive-orders');
        assert.deepEqual(world.system.credentials, []);
        down = false;
        assert.equal((await run.result()).result, 'completed');
      },
      options,
    );
  });
});

test('F15: sessions are ended before the revocation is done, and what outlives it is said', async () => {
  const world = new Failing('revoke', 'unavailable');
  world.mended = true;
  const port = world.system.port();
  world.system.port = () => ({ ...port, outlives: 'tokens live for an hour' });
  await harness.run(
    world,
    async (stage) => {
      const { residual, because } = await (await stage.contain({ severity: 'critical' })).result();
      assert.deepEqual([residual, world.sessions], ['tokens live for an hour', []], because);
    },
    options,
  );
});

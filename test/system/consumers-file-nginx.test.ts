import assert from 'node:assert/strict';
import { readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { Secret } from '../../src/contract/secret.ts';
import { startNginx } from '../../src/dev/backends/nginx.ts';
import { SmallAuthority } from '../conformance/authorities/small-authority.ts';
import { describeConsumerPort, type ConsumerSystem } from '../conformance/consumers.ts';
import { call, refuses } from '../conformance/credentials/stage.ts';
import { pemBundle } from '../fakes/pem-bundle.ts';
import { authority, issue, leafOf, names, startServed, until, workersOf, world } from './nginx-fixture.ts';

const target = 'app/orders.pem';
/** More than one case draws. Each case begins with the first. */
const pool = await Promise.all(Array.from({ length: 30 }, issue));

async function open(): Promise<ConsumerSystem> {
  const served = await startServed();
  let drawn = 0;
  return {
    // While workers of both kinds serve, a few handshakes may all meet the new ones.
    port: served.portWith({ rounds: 40 }),
    target,
    neighbour: 'app/bystander.pem',
    fingerprint: world.fingerprint,
    drawSecret: () => pool[drawn++]!,
    secretAt: served.contentOf,
    changesAt: async (place) => (await stat(join(served.root, place))).mtimeMs,
    async runsOn() {
      await served.untilAlone();
      const leaf = await served.leafAt(target);
      return pool.find((each) => leafOf(each) === leaf)?.reveal();
    },
    tamper: async (place, secret) => writeFile(join(served.root, place), secret.reveal()),
    refusesSecret: /^(?!-----BEGIN)/,
    remoteWords: ['nginx'],
    close: served.close,
  };
}

describeConsumerPort({ name: 'file (served by nginx)', open, propagation: 5_000 });

describe('F21: a certificate that was delivered to nginx', () => {
  let served: Awaited<ReturnType<typeof startServed>>;
  const [old, fresh] = [pool[0]!, pool[1]!];
  beforeEach(async () => (served = await startServed(1)));
  afterEach(async () => served.close());

  const deliver = async (secret: Secret, port = served.portWith()) => {
    const ref = { connection: 'ca', account: 'orders', id: 'id-1' };
    await port.deliver(target, { ref, secret, fingerprint: world.fingerprint(secret) }, call());
    return port;
  };
  const ask = (secret: Secret, port = served.portWith()) => port.verify(target, world.fingerprint(secret), call());
  const said = async (is: string, secret: Secret, because: RegExp, port?: ReturnType<typeof served.portWith>) => {
    const verdict = await ask(secret, port);
    assert.equal(verdict.is, is, verdict.because);
    assert.match(verdict.because, because);
  };
  /** Taken up, and by all. */
  const settled = async (secret: Secret, port?: ReturnType<typeof served.portWith>) => {
    await until(async () => (await ask(secret, port)).is === 'yes');
    await served.untilAlone();
    await said('yes', secret, /^served at its one address|^all 2 endpoints serve it/, port);
  };
  const move = async (secret: Secret) => {
    await (await deliver(secret)).apply?.(target, call());
    await settled(secret);
  };

  test('and not reloaded is not served', async () => {
    await move(old);
    await deliver(fresh);
    await said('no', fresh, /serves another certificate/);
    await served.nginx.reload();
    await settled(fresh);
  });

  test('and for whose reload one old worker has not ended yet is not served', async () => {
    const patient = served.portWith({ rounds: 40 });
    for (const next of pool) {
      await deliver(next);
      await served.nginx.reload();
      const isHeld = holdsBoth(served.nginx.pid);
      const verdict = await ask(next, patient);
      process.kill(served.nginx.pid, 'SIGCONT');
      await settled(next, patient);
      if (!isHeld) continue;
      assert.equal(verdict.is, 'no', verdict.because);
      return;
    }
    assert.fail('the old worker had always ended before it was seen beside the new one');
  });

  test('and that a second listener of the same name has not taken up is not served', async () => {
    const { folder, servers } = served;
    const second = await startNginx({ folder, servers, home: 'second' });
    const port = served.portWith({}, [second]);
    await deliver(fresh, port);
    await port.apply?.(target, call());
    await settled(fresh);
    await said('no', fresh, new RegExp(`^127.0.0.1:${second.port}: 127.0.0.1: it serves another certificate$`), port);
    await second.reload();
    await settled(fresh, port);
    await second.stop();
    await said('unknown', fresh, new RegExp(`^127.0.0.1:${second.port}: 127.0.0.1: it did not shake hands$`), port);
  });

  test('I7: is unknown while nginx is down, and so is its preflight; it comes up with it', async () => {
    await move(old);
    await deliver(fresh);
    await served.nginx.stop();
    await said('unknown', fresh, /did not shake hands/);
    assert.equal((await served.portWith().preflight?.(target, call()))?.is, 'unknown');
    await refuses(['unavailable'], async () => served.portWith().apply?.(target, call()));
    await served.nginx.restart();
    await settled(fresh);
    assert.equal((await served.portWith().preflight?.(target, call()))?.is, 'yes');
  });

  test('is not served for clients that trust another root, nor when it has expired', async () => {
    await move(fresh);
    const impostor = await SmallAuthority.create('Root');
    await said('no', fresh, /trusted root/, served.portWith({ roots: impostor.chain }));
    const until = new Date(Date.now() - 60_000);
    const expired = await pemBundle(authority, [names[target]], { until });
    await deliver(expired);
    await served.nginx.restart();
    await said('no', expired, /expired/);
  });

  test('F20: with the key of another one is refused, where nginx would keep the old one without a word', async () => {
    await move(old);
    const [key] = old.reveal().split('-----BEGIN CERTIFICATE');
    const swapped = `${key}${fresh.reveal().slice(fresh.reveal().indexOf('-----BEGIN CERTIFICATE'))}`;
    const secret = new Secret(swapped);
    await refuses(['invalid_request'], () => deliver(secret));
    await writeFile(join(served.root, target), swapped);
    const later = new Date(Date.now() + 60_000);
    await utimes(join(served.root, target), later, later);
    await served.nginx.reload();
    await until(async () => (await readFile(join(served.folder, 'logs/nginx.log'), 'utf8')).includes('[emerg]'));
    await said('no', secret, /serves another certificate/);
    assert.equal(await served.leafAt(target), leafOf(old));
  });
});

/**
 * Stops the master when it has started a new worker and not yet told the old one to end, a tenth of a second later; both serve then.
 * `false` where this machine was too slow to see it.
 */
function holdsBoth(master: number): boolean {
  const end = Date.now() + 1_000;
  while (workersOf(master).length < 2) if (Date.now() > end) return false;
  process.kill(master, 'SIGSTOP');
  // One that was told before ends by itself.
  return [1, 2, 3].every(() => workersOf(master).length === 2);
}

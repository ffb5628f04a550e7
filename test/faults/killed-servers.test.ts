import assert from 'node:assert/strict';
import { after, before, describe, test, type TestContext } from 'node:test';
import { applyManifest } from '../../src/dev/apply-manifest.ts';
import { startClientLoad } from '../../src/dev/client-load.ts';
import { openPlayground, type Playground } from '../../src/dev/playground.ts';
import { logIn } from '../system/log-in.ts';
import { liveCredentials } from './live-credentials.ts';
import { currentSecret, recoverable } from './store-contents.ts';
import { rotateUnderStrikes } from './strikes.ts';

const mostRotations = 4;

describe('every server killed with SIGKILL in each step of a real rotation', () => {
  let place: Playground;
  before(async () => {
    place = await openPlayground(() => {});
    await applyManifest(place.manifestPath, place.env, () => {});
  });
  after(() => place?.stop());

  const kill = async (name: 'postgres' | 'openbao' | 'temporal' | 'worker') => {
    if (name === 'worker') {
      await place.worker().kill();
      return place.startWorker();
    }
    place.backends[name].kill();
    return place.backends[name].restart();
  };

  for (const server of ['openbao', 'temporal', 'worker'] as const)
    test(`I1, I2, I5: alternate: ${server} is killed in each step, it finishes, and no request failed`, async (t) => {
      const load = startClientLoad(place.ordersUrl);
      await untilEachIsStruck(t, place, 'orders-db', () => kill(server));
      await load.stop();
      assert.ok(load.requests > 100);
      assert.equal(load.failed, 0, `${load.failed} of ${load.requests} requests failed`);
      await assertOrdersSound(place);
    });

  test('I1, I2, I5: alternate: PostgreSQL itself is killed in each step, and it finishes', async (t) => {
    await untilEachIsStruck(t, place, 'orders-db', () => kill('postgres'));
    await assertOrdersSound(place);
  });

  test('I1, I2, I5: overlap: OpenBao, which holds the secrets and makes them, is killed in each step, and it finishes', async (t) => {
    await untilEachIsStruck(t, place, 'ci-approle', () => kill('openbao'));
    const { current } = await place.client.record('ci-approle');
    const left = await liveCredentials(place.backends, 'ci-approle');
    const [accessor] = current!.ref.id.split('.');
    assert.deepEqual(left, [accessor], 'the one in use exists, and no orphan');
    assert.equal(await recoverable(place.backends.openbao, 'ci-approle'), 1);
  });

  test('I1, I2: in-place: PostgreSQL is killed in each step, and it finishes', async (t) => {
    await untilEachIsStruck(t, place, 'reports-db', () => kill('postgres'));
    assert.equal(await recoverable(place.backends.openbao, 'reports-db'), 1);
    const password = await currentSecret(place, 'reports-db');
    assert.equal(await logIn(place.backends.postgres, 'reports', password), 'accepted');
    assert.match(await logIn(place.backends.postgres, 'reports', place.before.reports), /28P01/);
  });
});

/** Rotates until every step of a rotation was struck once. */
async function untilEachIsStruck(
  t: TestContext,
  place: Playground,
  identity: string,
  strike: () => Promise<void>,
): Promise<void> {
  const struck = new Set<string>();
  for (let round = 1; ; round += 1) {
    const { outcome, commands } = await rotateUnderStrikes(place, identity, struck, strike);
    assert.equal(outcome.result, 'completed', outcome.because);
    const missed = [...commands].filter((name) => !struck.has(name));
    t.diagnostic(`rotation ${round}: struck in ${commands.size - missed.length} of ${commands.size} kinds of command`);
    if (missed.length === 0) return;
    assert.ok(round < mostRotations, `never struck: ${missed.join(', ')}`);
  }
}

async function assertOrdersSound(place: Playground): Promise<void> {
  const { current } = await place.client.record('orders-db');
  const live = await liveCredentials(place.backends, 'orders-db');
  assert.deepEqual(live, [current?.ref.id], 'one of the two roles may log in: the one in use');
  assert.equal(
    await logIn(place.backends.postgres, current!.ref.id, await currentSecret(place, 'orders-db')),
    'accepted',
  );
  assert.equal(await recoverable(place.backends.openbao, 'orders-db'), 1);
  assert.equal((await fetch(place.ordersUrl)).status, 200);
}

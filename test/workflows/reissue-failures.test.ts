import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { KeyturnError } from '../../src/contract/errors.ts';
import { SmallAuthority } from '../conformance/authorities/small-authority.ts';
import { certificate, CertificateWorld } from './certificate-world.ts';
import { Harness } from './harness.ts';

const harness = new Harness();
const quick = { quiet: '1s' };
const unattended = { ...quick, certificate: { ...certificate, pauses: [] } };

describe('a reissue in which something fails', () => {
  test('F21: an endpoint that goes on serving the old certificate keeps it from being revoked', async () => {
    const world = await CertificateWorld.create(['api', 'jobs']);
    world.consumers['jobs']!.reload = 'ignored';
    await harness.run(
      world,
      async (stage) => {
        const run = await stage.reissue();
        const { evidence } = await stage.gate(run, 'retry-jobs');
        assert.match(evidence.join('; '), /jobs was not seen on it/);
        assert.equal(world.system.authority.revocations.length, 0);
        world.consumers['jobs']!.reload = 'works';
        await stage.approve(run, 'retry-jobs');
        const { result, because } = await run.result();
        assert.equal(result, 'completed', because);
      },
      { declare: { ...unattended, retryFor: '1s' } },
    );
  });

  test('F21: one that goes back to the old certificate while old and new live side by side is found before the revocation', async () => {
    const world = await CertificateWorld.create();
    const api = world.consumers['api']!;
    const before = api.running;
    await harness.run(
      world,
      async (stage) => {
        const run = await stage.reissue();
        while (!(await stage.status(run)).steps.some(({ step }) => step === 'quiet')) await sleep(20);
        api.running = before;
        await stage.gate(run, 'retry-api');
        assert.equal(world.system.authority.revocations.length, 0);
        api.running = api.delivered;
        await stage.approve(run, 'retry-api');
        const { result, because } = await run.result();
        assert.equal(result, 'completed', because);
      },
      { declare: { ...unattended, quiet: '10m', retryFor: '1s' } },
    );
  });

  test('F20: what was signed and could not be sealed is found by its key, and revoked', async () => {
    const world = await CertificateWorld.create();
    const port = world.store.port.bind(world.store);
    world.store.port = () => {
      const real = port();
      const refuse = () => Promise.reject(new KeyturnError('denied', 'the store takes no chains'));
      return { ...real, put: (...sent) => (sent[2] ? refuse() : real.put(...sent)) };
    };
    await harness.run(
      world,
      async (stage) => {
        assert.equal((await (await stage.reissue()).result()).result, 'rolled-back');
        const { issued, revocations } = world.system.authority;
        assert.deepEqual(
          revocations.map(({ serial }) => serial),
          [issued[1]?.ref.serial],
        );
        assert.equal(world.store.secrets.size, 1, 'and the key is destroyed after that');
      },
      { declare: unattended },
    );
  });

  test('F20: what one attempt left does not stand in the way of the next, which has a key of its own', async () => {
    const world = await CertificateWorld.create();
    const port = world.system.authorityPort.bind(world.system);
    const keys: string[] = [];
    let refuses = true;
    world.system.authorityPort = () => {
      const real = port();
      return {
        ...real,
        enroll: async (request, call) => {
          keys.push(request.publicKey);
          if (refuses) throw new KeyturnError('denied', 'the authority is full');
          return real.enroll(request, call);
        },
      };
    };
    await harness.run(
      world,
      async (stage) => {
        const first = await (await stage.reissue()).result();
        assert.deepEqual([first.result, first.code], ['rolled-back', 'denied']);
        assert.equal(world.store.secrets.size, 1, 'its key is destroyed');
        refuses = false;
        const second = await (await stage.reissue()).result();
        assert.equal(second.result, 'completed', second.because);
        assert.equal(new Set(keys).size, 2);
      },
      { declare: unattended },
    );
  });

  test('F22: a certificate that counts no more is replaced once a person says so', async () => {
    const world = await CertificateWorld.create();
    world.system.authority.revocations.push({ serial: world.first.id, reason: 'keyCompromise', at: new Date() });
    await harness.run(
      world,
      async (stage) => {
        const run = await stage.reissue();
        await stage.approve(run, 'recovery');
        const { result, because } = await run.result();
        assert.equal(result, 'completed', because);
      },
      { declare: unattended },
    );
  });

  test('I7: while the list can not be relied on nothing is signed, since the current certificate is not known to count', async () => {
    const world = await CertificateWorld.create();
    world.system.authority.listedBy = await SmallAuthority.create('Somebody Else');
    await harness.run(
      world,
      async (stage) => {
        const { result, code } = await (await stage.reissue()).result();
        assert.deepEqual([result, code], ['rolled-back', 'unavailable']);
        assert.equal(world.system.authority.issued.length, 1);
      },
      { declare: unattended },
    );
  });

  test('where an authority publishes nothing certificates count, and that the old one is revoked can only be waived', async () => {
    const world = await CertificateWorld.create();
    const port = world.system.authorityPort.bind(world.system);
    const because = 'the authority publishes nothing about revocations';
    const silent = { is: 'unknown', because, at: new Date().toISOString(), unpublished: true } as const;
    world.system.authorityPort = () => ({ ...port(), status: async () => silent });
    await harness.run(
      world,
      async (stage) => {
        const run = await stage.reissue();
        await stage.approve(run, 'waive-', { approver: 'eve@example.com', comment: 'nobody can show it' });
        const { result, found } = await run.result();
        assert.deepEqual([result, found], ['completed', [world.first.id]]);
      },
      { declare: { ...unattended, retryFor: '1s' } },
    );
  });

  test('a list that another authority signed proves nothing: a person is asked, and the record names what may count still', async () => {
    const world = await CertificateWorld.create();
    await harness.run(
      world,
      async (stage) => {
        const run = await stage.reissue();
        await stage.gate(run, 'retirement');
        await stage.approve(run, 'retirement');
        await until(() => world.system.authority.revocations.length > 0);
        world.system.authority.listedBy = await SmallAuthority.create('Somebody Else');
        await stage.approve(run, 'waive-', { approver: 'eve@example.com', comment: 'the list is late' });
        const { result, because, found } = await run.result();
        assert.deepEqual([result, found], ['completed', [world.first.id]]);
        assert.match(because, /was not shown to be refused: a named person waived that/);
      },
      { declare: { ...quick, certificate, retryFor: '1s' } },
    );
  });
});

async function until(is: () => boolean): Promise<void> {
  for (let round = 0; round < 200 && !is(); round += 1) await sleep(10);
}

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { certificate, CertificateWorld } from './certificate-world.ts';
import { Harness } from './harness.ts';
import { MemoryWorld } from './memory-world.ts';

const harness = new Harness();
const quick = { quiet: '1s' };

function pausing(...pauses: string[]): { declare: Record<string, unknown> } {
  return { declare: { ...quick, certificate: { ...certificate, pauses } } };
}

describe('reissueCertificate', () => {
  test('a fresh key is signed for, deployed, seen served, and the old certificate revoked and shown to be', async () => {
    const world = await CertificateWorld.create(['api', 'jobs']);
    await harness.run(
      world,
      async (stage) => {
        const run = await stage.reissue();
        const { evidence, commands } = await stage.gate(run, 'retirement');
        assert.match(evidence.join('; '), /consumer api: yes.*old [0-9a-f]+ .*valid until .*new [0-9a-f]+ /);
        assert.deepEqual(commands, [`revoke ${world.first.id}`]);
        assert.equal(world.system.authority.revocations.length, 0, 'nothing is revoked before the answer');
        await stage.approve(run, 'retirement');
        const { result, because, found } = await run.result();
        assert.deepEqual([result, found], ['completed', []], because);
        assert.match(because, /refused/);
        const [old, fresh] = world.system.authority.issued;
        assert.notEqual(old?.publicKey, fresh?.publicKey, 'F20: never the same key twice');
        assert.deepEqual(
          world.system.authority.revocations.map(({ serial, reason }) => [serial, reason]),
          [[world.first.id, 'superseded']],
        );
        const { current } = await stage.record();
        assert.equal(current?.ref.id, fresh?.ref.serial);
        assert.equal(current?.certificate?.notAfter, fresh?.notAfter);
        for (const { running } of Object.values(world.consumers)) assert.equal(running?.id, current?.ref.id);
        assert.equal(world.store.secrets.size, 2, 'no key is left beside the one in use');
      },
      { declare: quick },
    );
  });

  test('it pauses before each part that the manifest names, and nowhere else', async () => {
    const world = await CertificateWorld.create();
    await harness.run(
      world,
      async (stage) => {
        const run = await stage.reissue();
        await stage.gate(run, 'deployment');
        assert.equal(world.consumers['api']!.delivered?.id, world.first.id, 'nothing is deployed before the answer');
        await stage.approve(run, 'deployment');
        await stage.gate(run, 'validation');
        assert.notEqual(world.consumers['api']!.running?.id, world.first.id);
        await stage.approve(run, 'validation');
        await stage.approve(run, 'retirement');
        assert.equal((await run.result()).result, 'completed');
      },
      pausing('deploy', 'validate', 'revoke'),
    );
  });

  test('without pauses nobody is asked, and every endpoint was still seen before the old one is revoked', async () => {
    const world = await CertificateWorld.create();
    await harness.run(
      world,
      async (stage) => {
        const run = await stage.reissue();
        const { result, because } = await run.result();
        assert.equal(result, 'completed', because);
        const { gates, steps } = await stage.status(run);
        assert.deepEqual(gates, []);
        const order = steps.map(({ step }) => step);
        assert.ok(order.lastIndexOf('verify') < order.indexOf('revoke'), order.join(' '));
      },
      pausing(),
    );
  });

  test('a no before the deployment leaves no certificate and no key behind', async () => {
    const world = await CertificateWorld.create();
    await harness.run(
      world,
      async (stage) => {
        const run = await stage.reissue();
        const { id } = await stage.gate(run, 'deployment');
        await stage.confirm(run, id, { decision: 'reject' });
        assert.equal((await run.result()).result, 'rolled-back');
        const [, fresh] = world.system.authority.issued;
        assert.deepEqual(
          world.system.authority.revocations.map(({ serial, reason }) => [serial, reason]),
          [[fresh?.ref.serial, 'cessationOfOperation']],
        );
        assert.equal(world.store.secrets.size, 1);
        assert.ok(world.system.accepts(world.first.id, world.first.secret));
      },
      pausing('deploy'),
    );
  });

  test('the reason of the revocation is the one that was asked for', async () => {
    const world = await CertificateWorld.create();
    await harness.run(
      world,
      async (stage) => {
        const run = await stage.reissue({ revocation: 'affiliationChanged' });
        assert.equal((await run.result()).result, 'completed');
        assert.equal(world.system.authority.revocations[0]?.reason, 'affiliationChanged');
      },
      pausing(),
    );
  });

  test('a plan changes nothing, and names the names', async () => {
    const world = await CertificateWorld.create();
    await harness.run(world, async (stage) => {
      const { result, plan } = await (await stage.reissue({ dryRun: true })).result();
      assert.equal(result, 'planned');
      assert.match(plan!.commands.join('; '), /have db sign for orders\.example\.com/);
      assert.equal(world.system.authority.issued.length, 1);
    });
  });

  test('a certificate is not rotated, and a password is not reissued: each says what to do instead', async () => {
    await harness.run(await CertificateWorld.create(), async (stage) => {
      const { result, code, because } = await (await stage.rotate()).result();
      assert.deepEqual([result, code], ['rolled-back', 'invalid_request']);
      assert.match(because, /keyturn reissue orders/);
    });
    await harness.run(new MemoryWorld('overlap'), async (stage) => {
      const { result, because } = await (await stage.reissue()).result();
      assert.equal(result, 'rolled-back');
      assert.match(because, /keyturn rotate orders/);
    });
  });

  test('an adopted certificate whose serial number is another one is refused before anything is changed', async () => {
    const world = await CertificateWorld.create();
    const { declared } = world;
    world.declared = (change) => {
      const spec = declared.call(world, change);
      return {
        ...spec,
        credential: { ...(spec['credential'] as object), adopt: { id: 'abc', secret: 'apps/orders' } },
      };
    };
    await harness.run(world, async (stage) => {
      const { result, because } = await (await stage.reissue()).result();
      assert.equal(result, 'rolled-back');
      assert.match(because, /serial number [0-9a-f]+/);
    });
  });

  test('F20: the owner is told at half, a quarter and an eighth of what is left, and when it is over', async () => {
    const world = await CertificateWorld.create();
    const told = () => world.notices.filter(({ kind }) => kind === 'deadline');
    await harness.run(
      world,
      async (stage) => {
        assert.equal((await (await stage.reissue()).result()).result, 'completed');
        const counts: number[] = [];
        for (const hours of [11, 2, 6, 3, 6]) {
          await stage.env.sleep(hours * 3_600_000);
          counts.push(told().length);
        }
        assert.deepEqual(counts, [0, 1, 2, 3, 4]);
        assert.match(told()[0]!.text, /expires at .* and was not replaced: no rotation has begun/);
        assert.match(told()[3]!.text, /expired at /);
        assert.deepEqual(told()[0]!.to, ['dana@example.com']);
      },
      pausing(),
    );
  });
});

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { certificate, CertificateWorld } from './certificate-world.ts';
import { Harness } from './harness.ts';

const harness = new Harness();
const containment = { unattended: ['critical'] };

describe('containing a certificate', () => {
  test('I10: it is revoked as compromised, seen on the list, and what outlives that is said', async () => {
    const world = await CertificateWorld.create();
    await harness.run(
      world,
      async (stage) => {
        const run = await stage.contain({ severity: 'critical' });
        const { result, because, residual } = await run.result();
        assert.equal(result, 'completed', because);
        assert.deepEqual(
          world.system.authority.revocations.map(({ serial, reason }) => [serial, reason]),
          [[world.first.id, 'keyCompromise']],
        );
        assert.match(residual ?? '', /until it expires, at /);
      },
      { declare: { containment } },
    );
  });

  test('one that was signed and not deployed yet is found by its key, and revoked as well', async () => {
    const world = await CertificateWorld.create();
    await harness.run(
      world,
      async (stage) => {
        const reissue = await stage.reissue();
        await stage.gate(reissue, 'deployment');
        const containment = await stage.contain({ severity: 'critical' });
        const { result, because } = await containment.result();
        assert.equal(result, 'completed', because);
        assert.equal((await reissue.result()).result, 'stopped');
        const { issued, revocations } = world.system.authority;
        assert.deepEqual(
          revocations.map(({ serial }) => serial).toSorted(),
          issued.map(({ ref }) => ref.serial).toSorted(),
        );
        assert.equal(issued.length, 2);
      },
      {
        declare: {
          containment,
          certificate: { ...certificate, pauses: ['deploy'] },
        },
      },
    );
  });
});

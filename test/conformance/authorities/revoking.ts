import assert from 'node:assert/strict';
import type { RevocationReason } from '../../../src/contract/authorities.ts';
import type { AuthorityCase } from '../authorities.ts';
import { call, isTime, refuses } from '../credentials/stage.ts';
import { refusal } from '../refusals.ts';

const reasons: readonly RevocationReason[] = ['keyCompromise', 'superseded', 'cessationOfOperation'];

/** What an authority takes back, and how that shows. */
export const revokingCases: readonly AuthorityCase[] = [
  {
    name: 'F21: a certificate is not revoked, and once it was, it is; no other one is',
    async run({ port, enroll, expect }) {
      const [old, fresh] = [await enroll(), await enroll()];
      assert.equal('revokedAt' in (await expect(old, 'no')), false);
      await port.revoke(old, 'superseded', call());
      const { revokedAt = '' } = await expect(old, 'yes');
      assert.ok(isTime(revokedAt), 'it tells when');
      assert.ok(Math.abs(Date.parse(revokedAt) - Date.now()) < 60 * 60_000, 'it was just now');
      await expect(fresh, 'no');
    },
  },
  {
    name: 'the reason is that of RFC 5280 which was given',
    concerns: ({ recordsReasons }) => recordsReasons,
    async run({ port, enroll, expect }) {
      for (const reason of reasons) {
        const certificate = await enroll();
        await port.revoke(certificate, reason, call());
        assert.equal((await expect(certificate, 'yes')).reason, reason);
      }
    },
  },
  {
    name: 'I6: revoking the revoked is done, and the first revocation stands',
    async run({ port, enroll, expect }) {
      const [certificate, write] = [await enroll(), call()];
      await port.revoke(certificate, 'superseded', write);
      const first = await expect(certificate, 'yes');
      await port.revoke(certificate, 'superseded', write);
      await port.revoke(certificate, 'cessationOfOperation', call());
      const { revokedAt, reason } = await expect(certificate, 'yes');
      assert.deepEqual({ revokedAt, reason }, { revokedAt: first.revokedAt, reason: first.reason });
    },
  },
  {
    name: 'the certificate of another authority is refused, and its serial number revokes nothing here',
    async run({ port, foreign, neighbourIsUntouched }) {
      const certificate = await foreign();
      await refuses(refusal, () => port.revoke(certificate, 'superseded', call()));
      await neighbourIsUntouched();
    },
  },
  {
    name: 'I7: of the certificate of another authority nothing is known, also when one of its own has that serial number',
    async run({ foreign, expect }) {
      await expect(await foreign(), 'unknown');
    },
  },
  {
    name: 'a name for one certificate and the chain of another are refused, and nothing is revoked',
    async run({ port, enroll, expect }) {
      const [one, other] = [await enroll(), await enroll()];
      for (const ref of [other.ref, { ...one.ref, serial: other.ref.serial }]) {
        await refuses(refusal, () => port.revoke({ ...one, ref }, 'superseded', call()));
        const verdict = await port.status({ ...one, ref }, call()).catch(() => undefined);
        assert.ok(
          verdict === undefined || verdict.is === 'unknown',
          'it said something of a certificate that is not named',
        );
      }
      await refuses(refusal, () => port.revoke({ ...one, chain: 'hostile' }, 'superseded', call()));
      for (const each of [one, other]) await expect(each, 'no');
    },
  },
];

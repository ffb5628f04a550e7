import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as pkijs from 'pkijs';
import { readChain } from '../../src/certificates/chain.ts';
import { judgeList } from '../../src/certificates/revocation-list.ts';
import { reasonCode, type Revocation } from '../../src/certificates/revocation.ts';
import { drawKey } from '../../src/certificates/signing-key.ts';
import { signingRequest } from '../../src/certificates/signing-request.ts';
import { SmallAuthority, type Listing } from '../conformance/authorities/small-authority.ts';

const root = await SmallAuthority.create('Root');
const impostor = await SmallAuthority.create('Root');
const { csr } = await signingRequest(await drawKey('ecdsa-p256'), { names: ['a.example.com'], lifetimeMs: 1 });
const { leaf, issuer } = readChain(await root.sign(csr, { serial: 0x80aan }));
assert.ok(issuer);
const now = new Date();
const minutes = (count: number) => new Date(now.getTime() + count * 60_000);
const revokedAt = new Date('2026-01-02T03:04:05Z');
const entries = [
  { serial: 0xaan, at: revokedAt },
  { serial: 0x80aan, at: revokedAt, reason: reasonCode('superseded') },
];
const point = 'http://ca.example.com/1.crl';

async function judge(listing: Partial<Listing>, { by = root, at = point, when = now } = {}): Promise<Revocation> {
  return judgeList(await by.list({ entries, ...listing }), { leaf, issuer: issuer!, now: when }, at);
}

/** A critical extension of the list that says for which certificates it is. */
function scope(parameters: pkijs.IssuingDistributionPointParameters): pkijs.Extension {
  const extnValue = new pkijs.IssuingDistributionPoint(parameters).toSchema().toBER();
  return new pkijs.Extension({ extnID: '2.5.29.28', critical: true, extnValue });
}

const uri = (value: string) => [new pkijs.GeneralName({ type: 6, value })];

test('F21: a certificate is revoked when the list of its issuer names it, with time and reason', async () => {
  assert.deepEqual(await judge({}), { is: 'revoked', at: '2026-01-02T03:04:05.000Z', reason: 'superseded' });
  assert.deepEqual(await judge({ entries: [] }), { is: 'good' });
  assert.deepEqual(await judge({ entries: entries.slice(0, 1) }), { is: 'good' });
  assert.deepEqual(await judge({ entries: [{ serial: 0x80aan, at: revokedAt }] }), {
    is: 'revoked',
    at: '2026-01-02T03:04:05.000Z',
    reason: undefined,
  });
});

describe('I7: nothing is known', () => {
  const cases: readonly (readonly [string, Partial<Listing>, Parameters<typeof judge>[1]?])[] = [
    ['by a list that another authority of the same name has signed', {}, { by: impostor }],
    ['by an empty list that another authority of the same name has signed', { entries: [] }, { by: impostor }],
    ['by a list whose time is over', { from: minutes(-20), until: minutes(-2) }],
    ['by a list whose time has not come', { from: minutes(2), until: minutes(20) }],
    ['while the certificate is only held', { entries: [{ serial: 0x80aan, at: revokedAt, reason: 6 }] }],
    ['by a list for authorities alone', { extensions: [scope({ onlyContainsCACerts: true })] }],
    ['by an indirect list', { extensions: [scope({ indirectCRL: true })] }],
    ['by a list for some reasons', { extensions: [scope({ onlySomeReasons: 32 })] }],
    ['by a list that is part of another place', { extensions: [scope({ distributionPoint: uri(`${point}2`) })] }],
    [
      'by a list of changes since another one',
      {
        extensions: [
          new pkijs.Extension({ extnID: '2.5.29.27', critical: true, extnValue: new Uint8Array([2, 1, 1]).buffer }),
        ],
      },
    ],
    ['of what has expired and is not listed', { entries: [], until: minutes(200) }, { when: minutes(90) }],
  ];
  for (const [name, listing, options] of cases) {
    test(name, async () => assert.equal((await judge(listing, options)).is, 'unknown'));
  }

  test('of the certificate of another issuer', async () => {
    const { leaf: other } = readChain(await impostor.sign(csr, { serial: 0x80aan }));
    const list = await root.list({ entries });
    assert.equal((await judgeList(list, { leaf: other, issuer, now })).is, 'unknown');
  });

  test('by a list that breaks off, that was changed, or that is none', async () => {
    const list = await root.list({ entries });
    const changed = list.with(60, (list[60] ?? 0) ^ 1);
    for (const bytes of [list.slice(0, -1), list.slice(0, 40), changed, new Uint8Array(), Uint8Array.of(48, 0)]) {
      assert.equal((await judgeList(bytes, { leaf, issuer, now })).is, 'unknown');
    }
    // The first bytes say how long the list is, and are not signed; what is in the list is.
    for (let at = 4; at < list.length; at += 1) {
      const said = await judgeList(list.with(at, (list[at] ?? 0) ^ 0x10), { leaf, issuer, now });
      assert.equal(said.is, 'unknown', `a changed byte at ${at} was believed`);
    }
  });
});

test('clocks may differ by a minute', async () => {
  assert.equal((await judge({ from: new Date(now.getTime() + 30_000), until: minutes(5) })).is, 'revoked');
  assert.equal((await judge({ from: minutes(-5), until: new Date(now.getTime() - 30_000) })).is, 'revoked');
});

test('a list that is a part counts where it was fetched from its own place, and one for end entities counts', async () => {
  const extensions = [scope({ distributionPoint: uri(point), onlyContainsUserCerts: true })];
  assert.equal((await judge({ extensions })).is, 'revoked');
});

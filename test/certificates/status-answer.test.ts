import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as asn1js from 'asn1js';
import * as pkijs from 'pkijs';
import { readChain } from '../../src/certificates/chain.ts';
import { reasonCode, type Revocation } from '../../src/certificates/revocation.ts';
import { drawKey } from '../../src/certificates/signing-key.ts';
import { signingRequest } from '../../src/certificates/signing-request.ts';
import { judgeAnswer, statusQuestion } from '../../src/certificates/status-answer.ts';
import { SmallAuthority, type Making } from '../conformance/authorities/small-authority.ts';

const root = await SmallAuthority.create('Root');
const impostor = await SmallAuthority.create('Root');
const ocspSigning = '1.3.6.1.5.5.7.3.9';
const { csr } = await signingRequest(await drawKey('ecdsa-p256'), { names: ['a.example.com'], lifetimeMs: 1 });
const { leaf, issuer } = readChain(await root.sign(csr, { serial: 0x80aan }));
assert.ok(issuer);
const asked = { leaf, issuer, now: new Date() };
const minutes = (count: number) => new Date(asked.now.getTime() + count * 60_000);
const revokedAt = new Date('2026-01-02T03:04:05Z');

interface Answering {
  readonly by?: SmallAuthority;
  /** Comes along in the answer. */
  readonly bringing?: SmallAuthority;
  readonly status?: 'good' | 'revoked' | 'unknown';
  readonly from?: Date;
  readonly until?: Date | undefined;
  readonly about?: typeof leaf;
  readonly outcome?: number;
}

async function answer({ by = root, bringing, status = 'good', ...rest }: Answering = {}): Promise<
  Uint8Array<ArrayBuffer>
> {
  const { from = minutes(-5), about = leaf, outcome = 0 } = rest;
  const until = 'until' in rest ? rest.until : minutes(60);
  const basic = new pkijs.BasicOCSPResponse();
  const certID = await pkijs.CertID.create(parsed(about), {
    hashAlgorithm: 'SHA-1',
    issuerCertificate: parsed(issuer!),
  });
  const single = new pkijs.SingleResponse({ certID, thisUpdate: from, ...(until && { nextUpdate: until }) });
  single.certStatus = statusOf(status);
  Object.assign(basic.tbsResponseData, { responderID: by.certificate.subject, producedAt: from, responses: [single] });
  if (bringing) basic.certs = [bringing.certificate];
  await basic.sign(by.key, 'SHA-256');
  const responseBytes = new pkijs.ResponseBytes({
    responseType: '1.3.6.1.5.5.7.48.1.1',
    response: new asn1js.OctetString({ valueHex: basic.toSchema().toBER() }),
  });
  const whole = new pkijs.OCSPResponse({ responseStatus: new asn1js.Enumerated({ value: outcome }), responseBytes });
  return new Uint8Array(whole.toSchema().toBER());
}

function statusOf(status: string): unknown {
  const tag = (tagNumber: number) => ({ tagClass: 3, tagNumber });
  if (status !== 'revoked')
    return new asn1js.Primitive({ idBlock: tag(status === 'good' ? 0 : 2), lenBlockLength: 1 } as never);
  const reason = new asn1js.Enumerated({ value: reasonCode('keyCompromise') });
  const value = [
    new asn1js.GeneralizedTime({ valueDate: revokedAt }),
    new asn1js.Constructed({ idBlock: tag(0), value: [reason] }),
  ];
  return new asn1js.Constructed({ idBlock: tag(1), value });
}

function parsed({ raw }: typeof leaf): pkijs.Certificate {
  return pkijs.Certificate.fromBER(new Uint8Array(raw));
}

const judge = async (answering: Answering, when = asked.now): Promise<Revocation> =>
  judgeAnswer(await answer(answering), { ...asked, now: when });

test('F21: a certificate is revoked when the responder of its issuer says so, with time and reason', async () => {
  assert.deepEqual(await judge({}), { is: 'good' });
  const said = await judge({ status: 'revoked' });
  assert.deepEqual(said, { is: 'revoked', at: '2026-01-02T03:04:05.000Z', reason: 'keyCompromise' });
});

test('the question names the certificate and its issuer', async () => {
  const question = pkijs.OCSPRequest.fromBER(await statusQuestion(asked));
  const [one] = question.tbsRequest.requestList;
  assert.equal(one?.reqCert.serialNumber.toBigInt(), 0x80aan);
});

test('a responder that the issuer appointed for it may answer', async () => {
  const responder = await SmallAuthority.create('Responder', root, { isAuthority: false, purposes: [ocspSigning] });
  assert.equal((await judge({ by: responder, bringing: responder, status: 'revoked' })).is, 'revoked');
  assert.equal((await judge({ by: responder })).is, 'unknown');
});

describe('I7: nothing is known', () => {
  const cases: readonly (readonly [string, Answering])[] = [
    ['by what another authority of the same name has signed', { by: impostor }],
    ['by what another authority of the same name has signed and brings itself', { by: impostor, bringing: impostor }],
    ['by an answer whose time is over', { from: minutes(-20), until: minutes(-2) }],
    ['by an answer whose time has not come', { from: minutes(2) }],
    ['by an old answer that does not say when the next one comes', { from: minutes(-30), until: undefined }],
    ['where the responder does not know the certificate', { status: 'unknown' }],
    ['where the responder is too busy to answer', { outcome: 3 }],
  ];
  for (const [name, answering] of cases) {
    test(name, async () => assert.equal((await judge(answering)).is, 'unknown'));
  }

  const appointments: readonly (readonly [string, Making])[] = [
    ['by a certificate of the issuer that is for something else', { isAuthority: false }],
    ['by a responder whose time is over', { isAuthority: false, purposes: [ocspSigning], until: minutes(-5) }],
  ];
  for (const [name, making] of appointments) {
    test(name, async () => {
      const responder = await SmallAuthority.create('Responder', root, making);
      assert.equal((await judge({ by: responder, bringing: responder })).is, 'unknown');
    });
  }

  test('by a responder that an authority of the same name appointed', async () => {
    const responder = await SmallAuthority.create('Responder', impostor, {
      isAuthority: false,
      purposes: [ocspSigning],
    });
    assert.equal((await judge({ by: responder, bringing: responder })).is, 'unknown');
  });

  test('by an answer about another certificate', async () => {
    const { leaf: other } = readChain(await root.sign(csr, { serial: 7n }));
    assert.equal((await judge({ about: other, status: 'revoked' })).is, 'unknown');
  });

  test('of what has expired and is not revoked', async () => {
    const later = minutes(90);
    assert.equal((await judge({ from: later, until: minutes(120) }, later)).is, 'unknown');
    assert.equal((await judge({ from: later, until: minutes(120), status: 'revoked' }, later)).is, 'revoked');
  });

  test('by an answer that breaks off, that was changed, or that is none', async () => {
    const whole = await answer({ status: 'revoked' });
    assert.equal((await judgeAnswer(whole, asked)).is, 'revoked');
    for (const bytes of [whole.slice(0, -1), whole.slice(0, 50), new Uint8Array(), Uint8Array.of(48, 0)]) {
      assert.equal((await judgeAnswer(bytes, asked)).is, 'unknown');
    }
    for (let at = 60; at < whole.length; at += 1) {
      const said = await judgeAnswer(whole.with(at, (whole[at] ?? 0) ^ 0x10), asked);
      assert.equal(said.is, 'unknown', `a changed byte at ${at} was believed`);
    }
  });
});

import assert from 'node:assert/strict';
import { X509Certificate, createPrivateKey } from 'node:crypto';
import { describe, test } from 'node:test';
import { describeChain, readChain } from '../../src/certificates/chain.ts';
import { drawKey, publicKeyOf, type KeyKind } from '../../src/certificates/signing-key.ts';
import { signingRequest } from '../../src/certificates/signing-request.ts';
import { subjectNames } from '../../src/certificates/subject-names.ts';
import { KeyturnError } from '../../src/contract/errors.ts';
import { Secret } from '../../src/contract/secret.ts';
import { SmallAuthority } from '../conformance/authorities/small-authority.ts';
import { inspect } from 'node:util';

const kinds: readonly KeyKind[] = ['ecdsa-p256', 'rsa-2048', 'rsa-3072'];
const names = ['orders.example.com', '*.orders.example.com', '127.0.0.1', '2001:DB8::a'];
const asked = { names, lifetimeMs: 3_600_000 };
const isInvalid = (error: unknown) => error instanceof KeyturnError && error.code === 'invalid_request';

for (const kind of kinds) {
  test(`${kind}: an authority signs the request, and the certificate is for the key and the names`, async () => {
    const key = await drawKey(kind);
    const request = await signingRequest(key, asked);
    const authority = await SmallAuthority.create('Root');
    const chain = await authority.sign(request.csr);
    const issued = describeChain('ca', chain);
    assert.equal(issued.publicKey, publicKeyOf(key));
    assert.equal(issued.publicKey, request.publicKey);
    assert.deepEqual(issued.names, ['*.orders.example.com', '127.0.0.1', '2001:db8::a', 'orders.example.com']);
    assert.deepEqual(request.names, issued.names);
    const { leaf } = readChain(chain);
    assert.ok(leaf.checkPrivateKey(createPrivateKey(key.reveal())));
    assert.equal(leaf.checkIP('2001:db8::a'), '2001:db8::a');
  });
}

test('F20: each key is another one, and prints as a secret', async () => {
  const [one, other] = [await drawKey('ecdsa-p256'), await drawKey('ecdsa-p256')];
  assert.notEqual(publicKeyOf(one), publicKeyOf(other));
  assert.equal(inspect(one), '[secret]');
  assert.throws(() => JSON.stringify({ one }));
});

test('no part of the private key is in the request', async () => {
  const key = await drawKey('ecdsa-p256');
  const { csr } = await signingRequest(key, asked);
  const { d = '' } = createPrivateKey(key.reveal()).export({ format: 'jwk' });
  const bytes = Buffer.from(csr.split('\n').slice(1, -2).join(''), 'base64');
  assert.equal(bytes.includes(Buffer.from(d, 'base64url')), false);
});

test('what is no private key is refused, and nothing of it shows', async () => {
  const junk = new Secret('-----BEGIN PRIVATE KEY-----\nhunter2hunter2\n-----END PRIVATE KEY-----');
  await assert.rejects(signingRequest(junk, asked), (error) => isInvalid(error) && !inspect(error).includes('hunter2'));
});

describe('names', () => {
  test('have one spelling, and each is there once', () => {
    const spelled = subjectNames(['B.example.com.', 'a.example.com', 'b.example.com', '::ffff:0:0', '0:0:0:0:0:0:0:1']);
    assert.deepEqual(spelled, ['::1', '::ffff:0:0', 'a.example.com', 'b.example.com']);
  });

  const wrong = [
    '',
    '*',
    '*.com',
    'a.*.com',
    '*a.com',
    'a..b',
    '-a.com',
    'a b',
    'a\nb',
    '1.2.3',
    '256.1.1.1',
    'fe80::1%eth0',
  ];
  for (const name of [
    ...wrong,
    'DNS:a.com',
    'a.com, DNS:b.com',
    'schlüssel.de',
    `${'x'.repeat(64)}.com`,
    'https://a.com',
  ]) {
    test(`${JSON.stringify(name.slice(0, 40))} is none`, () => {
      assert.throws(
        () => subjectNames([name]),
        (error) => isInvalid(error) && (name === '' || !inspect(error).includes(name) || name.length < 3),
      );
    });
  }

  test('none at all, and more than a hundred, are refused', () => {
    assert.throws(() => subjectNames([]), isInvalid);
    assert.throws(() => subjectNames(Array.from({ length: 101 }, (_, at) => `n${at}.example.com`)), isInvalid);
  });
});

describe('a chain', async () => {
  const root = await SmallAuthority.create('Root');
  const middle = await SmallAuthority.create('Middle', root);
  const { csr } = await signingRequest(await drawKey('ecdsa-p256'), asked);
  const chain = await middle.sign(csr, { serial: 0x0abcn });
  const blocks = chain.match(/-----BEGIN[\s\S]*?-----END CERTIFICATE-----\n/g) ?? [];

  test('is read leaf first, with its issuer, its serial number without zeros and its SHA-256', () => {
    const { all, issuer } = readChain(chain);
    assert.equal(all.length, 3);
    assert.match(issuer?.subject ?? '', /Middle/);
    const { ref } = describeChain('ca', chain);
    assert.equal(ref.serial, 'abc');
    assert.match(ref.fingerprint, /^sha256:[0-9a-f]{64}$/);
    assert.ok(Date.parse(describeChain('ca', chain).notAfter) > Date.now());
  });

  test('in another order, with a gap, empty, or of something else is refused', async () => {
    const other = await SmallAuthority.create('Middle');
    const [leaf = '', issuer = '', top = ''] = blocks;
    for (const wrong of [issuer + leaf, leaf + top, '', 'junk', leaf + other.chain, leaf.replace(/[A-Z]/g, 'A')]) {
      assert.throws(() => readChain(wrong), isInvalid);
    }
    assert.equal(readChain(leaf).issuer, undefined);
    assert.ok(new X509Certificate(top).ca);
  });
});

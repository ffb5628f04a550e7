import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { test } from 'node:test';
import { KeyturnError } from '../../src/contract/errors.ts';
import { Secret } from '../../src/contract/secret.ts';
import { scramVerifier } from '../../src/providers/scram-verifier.ts';

test('https://www.rfc-editor.org/rfc/rfc7677#section-3: the verifier accepts the proof of the example, and signs it alike', async () => {
  const salt = 'W22ZaJ0SNY7soEsUEjb6gQ==';
  const nonce = 'rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0';
  const messages = ['n=user,r=rOprNGfwEbeRWgbNEkqO', `r=${nonce},s=${salt},i=4096`, `c=biws,r=${nonce}`].join(',');
  const [scheme, iterations, storedKey, serverKey] = parse(
    await scramVerifier(new Secret('pencil'), Buffer.from(salt, 'base64')),
  );
  assert.deepEqual([scheme, iterations], ['SCRAM-SHA-256', `4096:${salt}`]);
  const clientSignature = createHmac('sha256', storedKey).update(messages).digest();
  const proof = Buffer.from('dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=', 'base64');
  const clientKey = proof.map((byte, at) => byte ^ (clientSignature[at] ?? 0));
  assert.deepEqual(createHash('sha256').update(clientKey).digest(), storedKey);
  const serverSignature = createHmac('sha256', serverKey).update(messages).digest('base64');
  assert.equal(serverSignature, '6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=');
});

test('two verifiers of one secret differ, since each has its own salt', async () => {
  const secret = new Secret('a-secret-of-this-test');
  assert.notEqual(await scramVerifier(secret), await scramVerifier(secret));
});

test('a secret that SASLprep could change, or that is empty, is refused', async () => {
  for (const text of ['', 'pässword', 'two\nlines', 'nul\0', '\u00a0', '😀']) {
    await assert.rejects(scramVerifier(new Secret(text)), (error) => {
      assert.ok(error instanceof KeyturnError && error.code === 'invalid_request');
      return true;
    });
  }
});

function parse(verifier: string): [scheme: string, iterations: string, storedKey: Buffer, serverKey: Buffer] {
  const [scheme = '', iterations = '', keys = ''] = verifier.split('$');
  const [storedKey = '', serverKey = ''] = keys.split(':');
  return [scheme, iterations, Buffer.from(storedKey, 'base64'), Buffer.from(serverKey, 'base64')];
}

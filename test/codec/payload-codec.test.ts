import assert from 'node:assert/strict';
import { createSecretKey, randomBytes } from 'node:crypto';
import { describe, test } from 'node:test';
import type { Payload } from '@temporalio/common';
import * as fc from 'fast-check';
import type { KeyRing } from '../../src/codec/key-ring.ts';
import { codecKey } from '../../src/codec/key-ring.ts';
import { encryptedEncoding, EncryptionCodec, keyIdField } from '../../src/codec/payload-codec.ts';
import { KeyturnError } from '../../src/contract/errors.ts';
import { Secret } from '../../src/contract/secret.ts';

const nonceAt = 1;
const nonceLength = 12;

describe('the payload codec', () => {
  test('gives back every payload that it encrypts, metadata and all', async () => {
    const codec = new EncryptionCodec(ring('k1'));
    const payload = fc.record({
      metadata: fc.dictionary(fc.string({ minLength: 1 }), fc.uint8Array({ maxLength: 50 }), { maxKeys: 5 }),
      data: fc.uint8Array({ maxLength: 5_000 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(payload, { maxLength: 4 }), async (payloads) => {
        const encoded = await codec.encode(payloads);
        for (const each of encoded) assert.equal(text(each.metadata?.['encoding']), encryptedEncoding);
        assert.deepEqual((await codec.decode(encoded)).map(plain), payloads.map(plain));
      }),
    );
  });

  test('leaves nothing in clear: an empty payload and one that is encrypted already are encrypted too', async () => {
    const codec = new EncryptionCodec(ring('k1'));
    const once = await codec.encode([{}, json('value')]);
    const twice = await codec.encode(once);
    assert.notDeepEqual(twice[1]?.data, once[1]?.data);
    assert.deepEqual((await codec.decode(await codec.decode(twice))).map(plain), [{}, json('value')].map(plain));
  });

  test('shows the plaintext in no form: raw, base64 or hex', async () => {
    const canary = 'canary-4f6b1d0c9e8a7b65';
    const [encoded] = await new EncryptionCodec(ring('k1')).encode([
      { metadata: { encoding: Buffer.from('json/plain'), note: Buffer.from(canary) }, data: Buffer.from(canary) },
    ]);
    const bytes = Buffer.concat([
      Buffer.from(encoded?.data ?? []),
      ...Object.values(encoded?.metadata ?? {}).map((value) => Buffer.from(value)),
    ]);
    for (const form of [
      canary,
      Buffer.from(canary).toString('base64').slice(0, 24),
      Buffer.from(canary).toString('hex'),
    ]) {
      for (const encoding of ['latin1', 'base64', 'hex'] as const) {
        assert.ok(!bytes.toString(encoding).includes(form), `${form} as ${encoding}`);
      }
    }
  });

  test('refuses a byte changed at any position, and any cut', async () => {
    const codec = new EncryptionCodec(ring('k1'));
    const [encoded] = await codec.encode([json('a value to protect')]);
    const data = Buffer.from(encoded?.data ?? []);
    for (let at = 0; at < data.length; at += 1) {
      const tampered = Buffer.from(data);
      tampered[at]! ^= 1;
      await refuses(codec, { ...encoded, data: tampered });
      await refuses(codec, { ...encoded, data: data.subarray(0, at) });
    }
  });

  test('refuses another key under the same id, and says nothing of the payload', async () => {
    const [encoded] = await new EncryptionCodec(ring('k1')).encode([json('canary-value')]);
    await refuses(new EncryptionCodec(ring('k1')), encoded!);
  });

  test('authenticates the key id: a payload does not move to another id, even one with the same key', async () => {
    const key = randomKey();
    const codec = new EncryptionCodec({
      current: 'k1',
      keys: new Map([
        ['k1', key],
        ['k2', key],
      ]),
    });
    const [encoded] = await codec.encode([json('value')]);
    await refuses(codec, { ...encoded, metadata: { ...encoded?.metadata, [keyIdField]: Buffer.from('k2') } });
  });

  test('reads with old keys and writes with the current one', async () => {
    const [old, fresh] = [randomKey(), randomKey()];
    const before = new EncryptionCodec({ current: 'old', keys: new Map([['old', old]]) });
    const after = new EncryptionCodec({
      current: 'new',
      keys: new Map([
        ['old', old],
        ['new', fresh],
      ]),
    });
    const written = await before.encode([json('from before')]);
    assert.deepEqual((await after.decode(written)).map(plain), [plain(json('from before'))]);
    const [rewritten] = await after.encode([json('x')]);
    assert.equal(text(rewritten?.metadata?.[keyIdField]), 'new');
  });

  test('passes on what it has no key for and what is in clear, byte for byte, so that one retired key breaks no listing', async () => {
    const [foreign] = await new EncryptionCodec(ring('retired')).encode([json('x')]);
    const codec = new EncryptionCodec(ring('k1'));
    const clear = json('in clear');
    assert.deepEqual(await codec.decode([foreign!, clear]), [foreign, clear]);
  });

  test('draws a nonce of its own for each payload: 1000 of one plaintext differ', async () => {
    const encoded = await new EncryptionCodec(ring('k1')).encode(Array.from({ length: 1_000 }, () => json('same')));
    const nonces = encoded.map(({ data }) =>
      Buffer.from(data ?? [])
        .subarray(nonceAt, nonceAt + nonceLength)
        .toString('hex'),
    );
    assert.equal(new Set(nonces).size, 1_000);
  });
});

describe('a codec key', () => {
  test('is exactly 32 bytes of base64', () => {
    assert.equal(codecKey(new Secret(randomBytes(32).toString('base64')))?.symmetricKeySize, 32);
    const wrong = [16, 31, 33].map((length) => randomBytes(length).toString('base64'));
    for (const key of [...wrong, '', 'x'.repeat(43), randomBytes(32).toString('hex')]) {
      assert.equal(codecKey(new Secret(key)), undefined);
    }
  });
});

async function refuses(codec: EncryptionCodec, payload: Payload): Promise<void> {
  await assert.rejects(codec.decode([payload]), (error: unknown) => {
    assert.ok(error instanceof KeyturnError);
    assert.equal(error.code, 'invalid_request');
    assert.ok(!error.message.includes('canary'));
    return true;
  });
}

function ring(id: string): KeyRing {
  return { current: id, keys: new Map([[id, randomKey()]]) };
}

function randomKey() {
  return createSecretKey(randomBytes(32));
}

function json(value: string): Payload {
  return { metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from(JSON.stringify(value)) };
}

function plain({ metadata, data }: Payload) {
  const fields = Object.entries(metadata ?? {}).map(([key, value]) => `${key}=${Buffer.from(value).toString('hex')}`);
  return { metadata: fields.toSorted(), data: Buffer.from(data ?? []).toString('hex') };
}

function text(bytes: Uint8Array | null | undefined): string {
  return Buffer.from(bytes ?? []).toString();
}

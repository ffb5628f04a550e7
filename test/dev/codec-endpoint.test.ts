import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { codecKey, type KeyRing } from '../../src/codec/key-ring.ts';
import { EncryptionCodec, encryptedEncoding } from '../../src/codec/payload-codec.ts';
import { Secret } from '../../src/contract/secret.ts';
import { startCodecEndpoint, type CodecEndpoint } from '../../src/dev/codec-endpoint.ts';

const origin = 'http://127.0.0.1:8233';
const key = codecKey(new Secret(randomBytes(32).toString('base64')))!;
const ring: KeyRing = { current: 'k1', keys: new Map([['k1', key]]) };
const base64 = (text: string) => Buffer.from(text).toString('base64');
const clear = { metadata: { encoding: base64('json/plain') }, data: base64('{"gate":"retirement"}') };

interface Converted {
  readonly payloads: readonly { readonly metadata: Readonly<Record<string, string>>; readonly data: string }[];
}

describe('the codec endpoint of a development server', () => {
  let endpoint: CodecEndpoint;
  before(async () => {
    endpoint = await startCodecEndpoint(ring);
    endpoint.allow(origin);
  });
  after(() => endpoint.close());

  const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    fetch(endpoint.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });

  test('what it encodes is what workers decode, and it decodes the same again', async () => {
    const encoded = (await (await post('/encode', { payloads: [clear, clear] })).json()) as Converted;
    assert.equal(encoded.payloads.length, 2);
    for (const { metadata, data } of encoded.payloads) {
      assert.equal(metadata['encoding'], base64(encryptedEncoding));
      const bytes = { metadata: { encoding: Buffer.from(encryptedEncoding) }, data: Buffer.from(data, 'base64') };
      const withKey = { ...bytes, metadata: { ...bytes.metadata, 'encryption-key-id': Buffer.from('k1') } };
      const [plain] = await new EncryptionCodec(ring).decode([withKey]);
      assert.equal(Buffer.from(plain?.data ?? []).toString(), '{"gate":"retirement"}');
    }
    assert.deepEqual(await (await post('/decode', encoded)).json(), { payloads: [clear, clear] });
  });

  test('pages of another origin are refused at both paths, and told of the one that is not', async () => {
    for (const path of ['/encode', '/decode']) {
      const refused = await post(path, { payloads: [clear] }, { origin: 'http://127.0.0.1:8234' });
      assert.deepEqual([refused.status, await refused.text()], [403, '']);
      const taken = await post(path, { payloads: [clear] }, { origin });
      assert.deepEqual([taken.status, taken.headers.get('access-control-allow-origin')], [200, origin]);
    }
    const asked = await fetch(`${endpoint.url}/encode`, { method: 'OPTIONS', headers: { origin: 'http://evil.test' } });
    assert.equal(asked.headers.get('access-control-allow-origin'), origin);
  });

  test('another path, another method and what is no list of payloads are refused', async () => {
    const statuses = await Promise.all([
      post('/', { payloads: [clear] }),
      fetch(`${endpoint.url}/encode`),
      post('/encode', 'no JSON'),
      post('/decode', {
        payloads: [{ ...clear, metadata: { encoding: base64(encryptedEncoding), 'encryption-key-id': base64('k1') } }],
      }),
    ]);
    assert.deepEqual(
      statuses.map(({ status }) => status),
      [404, 404, 400, 400],
    );
  });
});

import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Payload, PayloadCodec } from '@temporalio/common';
import proto from '@temporalio/proto';
import { KeyturnError } from '../contract/errors.ts';
import type { KeyRing } from './key-ring.ts';

const { Payload: PayloadMessage } = proto.temporal.api.common.v1;

export const encryptedEncoding = 'binary/encrypted';
/** The metadata field that names the key, as in Temporal's own samples, so that its tools show it. */
export const keyIdField = 'encryption-key-id';

const version = 1;
const nonceLength = 12;
const tagLength = 16;

/**
 * Encrypts every payload that leaves a client or worker with AES-256-GCM (NIST SP 800-38D), its metadata included. The data
 * is `version ‖ nonce ‖ ciphertext ‖ tag`; version and key id are authenticated with it. Nonces are random, so one key is
 * good for 2^32 payloads: rotate it before that.
 *
 * Decoding passes on what it has no key for: payloads in clear, and those of a key id that the ring does not hold, since one
 * retired key would else break every listing. Anything else that does not decrypt throws `invalid_request`.
 *
 * @see https://docs.temporal.io/payload-codec
 */
export class EncryptionCodec implements PayloadCodec {
  readonly #ring: KeyRing;

  constructor(ring: KeyRing) {
    this.#ring = ring;
  }

  async encode(payloads: Payload[]): Promise<Payload[]> {
    return payloads.map((payload) => this.#encrypt(payload));
  }

  async decode(payloads: Payload[]): Promise<Payload[]> {
    return payloads.map((payload) => this.#decrypt(payload));
  }

  #encrypt(payload: Payload): Payload {
    const { current, keys } = this.#ring;
    const nonce = randomBytes(nonceLength);
    const cipher = createCipheriv('aes-256-gcm', keys.get(current)!, nonce).setAAD(authenticated(current));
    const body = Buffer.concat([cipher.update(PayloadMessage.encode(payload).finish()), cipher.final()]);
    return {
      metadata: { encoding: Buffer.from(encryptedEncoding), [keyIdField]: Buffer.from(current) },
      data: Buffer.concat([Uint8Array.of(version), nonce, body, cipher.getAuthTag()]),
    };
  }

  #decrypt(payload: Payload): Payload {
    if (textOf(payload, 'encoding') !== encryptedEncoding) return payload;
    const id = textOf(payload, keyIdField);
    const key = this.#ring.keys.get(id);
    if (!key) return payload;
    try {
      const data = Buffer.from(payload.data ?? []);
      if (data[0] !== version || data.length < 1 + nonceLength + tagLength) throw new RangeError('not this format');
      const nonce = data.subarray(1, 1 + nonceLength);
      const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: tagLength })
        .setAAD(authenticated(id))
        .setAuthTag(data.subarray(-tagLength));
      const clear = Buffer.concat([decipher.update(data.subarray(1 + nonceLength, -tagLength)), decipher.final()]);
      return PayloadMessage.decode(clear);
    } catch {
      throw new KeyturnError(
        'invalid_request',
        `a payload encrypted with key ${JSON.stringify(id)} does not decrypt: it was changed, or that id now names another key`,
        'a key id names one key for ever; give a new key a new id',
      );
    }
  }
}

function authenticated(keyId: string): Buffer {
  return Buffer.from(`keyturn payload ${version}\0${keyId}`);
}

function textOf(payload: Payload, field: string): string {
  return Buffer.from(payload.metadata?.[field] ?? []).toString();
}

import { defaultPayloadConverter, type Payload, type PayloadConverter } from '@temporalio/common';

/** Stands for what somebody sent and nobody can read. Every parser of ours refuses it, in words. */
export const unreadable = { unreadable: 'payload' } as const;

/**
 * Temporal's own converter, except that a payload in an unknown encoding or of broken JSON is a value like any other. It would
 * else fail the workflow task that carries it, again and again: one bad signal would wedge a run for good (I9). An encrypted
 * payload that comes here is one whose key is missing: that throws, so that the task waits until the key is back.
 */
export const payloadConverter: PayloadConverter = {
  toPayload: (value) => defaultPayloadConverter.toPayload(value),
  fromPayload: <Value>(payload: Payload): Value => {
    try {
      return defaultPayloadConverter.fromPayload<Value>(payload);
    } catch (error) {
      if (isEncrypted(payload)) throw error;
      return unreadable as Value;
    }
  },
};

function isEncrypted({ metadata }: Payload): boolean {
  return new TextDecoder().decode(metadata?.['encoding'] ?? new Uint8Array()) === 'binary/encrypted';
}

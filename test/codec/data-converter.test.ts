import assert from 'node:assert/strict';
import { randomBytes, createSecretKey } from 'node:crypto';
import { test } from 'node:test';
import { ApplicationFailure, defaultFailureConverter } from '@temporalio/common';
import {
  decodeOptionalFailureToOptionalError,
  encodeErrorToFailure,
  loadDataConverter,
} from '@temporalio/common/lib/internal-non-workflow/index.js';
import proto from '@temporalio/proto';
import { dataConverter } from '../../src/codec/data-converter.ts';

const codec = { current: 'k1', keys: new Map([['k1', createSecretKey(randomBytes(32))]]) };
const canary = 'canary-in-a-message';

test('messages and stacks of failures go through the codec, and come back', async () => {
  const converter = loadDataConverter(dataConverter(codec));
  const failure = await encodeErrorToFailure(converter, ApplicationFailure.nonRetryable(canary, 'denied', canary));
  const bytes = Buffer.from(proto.temporal.api.failure.v1.Failure.encode(failure).finish()).toString('latin1');
  assert.ok(!bytes.includes(canary));
  assert.ok(!bytes.includes('data-converter.test'), 'the stack names files');
  const decoded = await decodeOptionalFailureToOptionalError(converter, failure);
  assert.ok(decoded instanceof ApplicationFailure);
  assert.deepEqual([decoded.message, decoded.type, decoded.details], [canary, 'denied', [canary]]);
});

test('without keys payloads and failures are written as Temporal does by default', () => {
  assert.deepEqual(Object.keys(dataConverter(undefined)), ['payloadConverterPath']);
  assert.equal(loadDataConverter(dataConverter(undefined)).failureConverter, defaultFailureConverter);
});

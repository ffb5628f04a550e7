import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asKeyturnError } from '../../src/client/failure.ts';
import { KeyturnError } from '../../src/contract/errors.ts';

const subject = { kind: 'identity', id: 'orders' } as const;
const grpc = (code: number) =>
  Object.assign(new Error('said by a server'), { code, details: 'said by a server', metadata: {} });

for (const [what, status] of Object.entries({
  'the server that cancelled at the deadline': 1,
  'the client at the deadline': 4,
}))
  test(`no answer in time is the same error with the same hint, whether ${what} says it`, () => {
    const error = asKeyturnError(grpc(status), subject);
    assert.ok(error instanceof KeyturnError);
    assert.deepEqual([error.code, error.message], ['unavailable', 'orders: no answer in time']);
    assert.match(error.hint ?? '', /is a worker running\?/);
  });

test('what a server says in its own words is not handed on', () => {
  for (let status = 1; status <= 16; status += 1)
    assert.doesNotMatch(String(asKeyturnError(grpc(status), subject)), /said by a server/);
});

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  ApplicationFailure,
  CancelledFailure,
  type Client,
  NamespaceNotFoundError,
  QueryNotRegisteredError,
  ServiceError,
  TerminatedFailure,
  ValueError,
  WorkflowFailedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { RetryState } from '@temporalio/common';
import { KeyturnClient } from '../../src/client.ts';
import { asKeyturnError } from '../../src/client/failure.ts';
import { errorCodes, KeyturnError } from '../../src/contract/errors.ts';
import type { Confirm } from '../../src/contract/messages.ts';

const confirm: Confirm = { gate: 'retirement', decision: 'approve', approver: 'dana@example.com', plan: 'sha256:1' };
const accepted = { outcome: 'accepted' };
const lost = new WorkflowUpdateRPCTimeoutOrCancelledError('deadline');

/** Answers updates from a list, one after the other, and keeps the ids that they came under. */
function answering(answers: readonly (object | Error)[]) {
  const updateIds: string[] = [];
  const executeUpdate = async (_name: string, { updateId }: { updateId: string }) => {
    const answer = answers[updateIds.push(updateId) - 1];
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const temporal = {
    withDeadline: (_: number, call: () => Promise<unknown>) => call(),
    workflow: { getHandle: () => ({ executeUpdate }) },
  };
  return { client: new KeyturnClient(temporal as unknown as Client), updateIds };
}

describe('a decision', () => {
  test('whose answer is lost is asked for again under the same update id, so that it counts once', async () => {
    const { client, updateIds } = answering([lost, accepted]);
    assert.deepEqual(await client.confirm('rotate/orders/1', confirm), accepted);
    assert.equal(updateIds.length, 2);
    assert.equal(updateIds[0], updateIds[1]);
  });

  test('whose answer is lost twice is `outcome_unknown`, never a guess', async () => {
    const { client, updateIds } = answering([lost, lost]);
    await assert.rejects(client.confirm('rotate/orders/1', confirm), hasCode('outcome_unknown'));
    assert.equal(updateIds.length, 2);
  });

  test('that is refused is not sent again', async () => {
    const refused = new WorkflowUpdateFailedError(
      'failed',
      ApplicationFailure.nonRetryable('no such gate', 'not_found'),
    );
    const { client, updateIds } = answering([refused]);
    await assert.rejects(client.confirm('rotate/orders/1', confirm), hasCode('not_found'));
    assert.equal(updateIds.length, 1);
  });

  test('made again later is another one: its update id differs, and holds no name', async () => {
    const { client, updateIds } = answering([accepted, accepted]);
    await client.confirm('rotate/orders/1', confirm);
    await client.confirm('rotate/orders/1', confirm);
    assert.notEqual(updateIds[0], updateIds[1]);
    for (const id of updateIds) assert.match(id, /^[0-9a-f]{32}$/);
  });
});

describe('what the Temporal client throws becomes one of our codes, without the text of the server', () => {
  const operation = { kind: 'operation', id: 'rotate/orders/1' } as const;
  const remote = 'text-of-the-server';
  const grpc = (code: number) =>
    new ServiceError(remote, { cause: Object.assign(new Error(remote), { code, details: remote, metadata: {} }) });
  const failed = (cause: Error) => new WorkflowFailedError(remote, cause, RetryState.NON_RETRYABLE_FAILURE);
  const cases: [error: Error, code: string][] = [
    [new WorkflowNotFoundError(remote, 'rotate/orders/1', undefined), 'not_found'],
    [new NamespaceNotFoundError('nowhere'), 'invalid_request'],
    [new QueryNotRegisteredError(remote, 3), 'invalid_request'],
    [new ValueError('Unknown encoding: binary/encrypted'), 'invalid_request'],
    [lost, 'outcome_unknown'],
    [failed(new TerminatedFailure(remote)), 'conflict'],
    [failed(new CancelledFailure(remote)), 'conflict'],
    [failed(ApplicationFailure.nonRetryable(remote, 'SomethingElse')), 'conflict'],
    [grpc(3), 'invalid_request'],
    [grpc(4), 'unavailable'],
    [grpc(7), 'denied'],
    [grpc(8), 'throttled'],
    [grpc(9), 'unavailable'],
    [grpc(13), 'unavailable'],
    [grpc(14), 'unavailable'],
    [grpc(16), 'denied'],
  ];
  for (const [error, code] of cases) {
    test(`${error.name} ${(error.cause as { code?: number } | undefined)?.code ?? error.cause?.constructor.name ?? ''} is ${code}`, () => {
      const known = asKeyturnError(error, operation);
      assert.ok(known instanceof KeyturnError);
      assert.equal(known.code, code);
      assert.ok(!`${known.message}${known.hint}`.includes(remote), known.message);
    });
  }

  test('a failure of ours keeps its code and its words, whichever it is', () => {
    for (const code of Object.keys(errorCodes)) {
      const known = asKeyturnError(failed(ApplicationFailure.nonRetryable('our words', code)), operation);
      assert.ok(known instanceof KeyturnError);
      assert.deepEqual([known.code, known.message], [code, 'our words']);
    }
  });

  test('an identity that is not there is `unknown_identity`', () => {
    const known = asKeyturnError(new WorkflowNotFoundError('', 'identity/x', undefined), { kind: 'identity', id: 'x' });
    assert.ok(known instanceof KeyturnError && known.code === 'unknown_identity');
  });

  test('a defect stays what it is', () => {
    const defect = new TypeError('x is not a function');
    assert.equal(asKeyturnError(defect, operation), defect);
  });
});

function hasCode(code: string) {
  return (error: unknown) => error instanceof KeyturnError && error.code === code;
}

import assert from 'node:assert/strict';
import { call, isWellFormed, refuses, stopped } from '../credentials/stage.ts';
import type { EntitlementCase } from '../entitlements.ts';
import { hostileNames, isRefusal, refusal, retryable } from '../refusals.ts';

/** What a port does when it gets no answer, or is handed what means something to whoever reads it. */
export const withstandingCases: readonly EntitlementCase[] = [
  {
    name: 'I7: a proof that could not be made is unknown, for what is held and for what is not',
    async run({ give, port, system }) {
      const [gone, kept] = [await give(1), await give(2)];
      await port.remove(system.account, gone.id, call());
      for (const { id } of [gone, kept]) {
        const verdict = await port.prove(system.account, id, stopped());
        isWellFormed(verdict);
        assert.equal(verdict.is, 'unknown');
      }
      const ready = await port.preflight?.(system.account, stopped());
      if (ready) assert.equal(ready.is, 'unknown');
    },
  },
  {
    name: 'I7: a list that could not be asked is an error, never an empty answer',
    run: ({ port, system }) => refuses(retryable, () => port.list(system.account, stopped())),
  },
  {
    name: 'a remove that was told to stop before it began is refused as retryable, and removes nothing',
    async run({ give, port, system, listed }) {
      const { id } = await give(1);
      await refuses(retryable, () => port.remove(system.account, id, stopped()));
      assert.deepEqual(await listed(), [id]);
      assert.ok(await system.works(system.account, 1));
    },
  },
  {
    name: 'a grant that was told to stop before it began is refused as retryable, and grants nothing',
    concerns: ({ port }) => port.grant !== undefined,
    async run({ give, port, system, listed }) {
      const { id } = await give(1);
      await port.remove(system.account, id, call());
      await refuses(retryable, async () => port.grant?.(system.account, id, stopped()));
      assert.deepEqual(await listed(), []);
    },
  },
  {
    name: 'an account whose name means something to a shell, a path, a query or a terminal is refused',
    async run({ give, port, listed }) {
      const { id } = await give(1);
      for (const account of ['', ...hostileNames]) {
        await refuses(refusal, () => port.list(account, call()));
        await port.remove(account, id, call()).catch(isRefusal);
        const verdict = await port.prove(account, id, call()).catch(isRefusal);
        assert.ok(verdict === undefined || verdict.is === 'unknown', JSON.stringify(account));
        const ready = await port.preflight?.(account, call()).catch(isRefusal);
        assert.notEqual(ready?.is, 'yes', JSON.stringify(account));
      }
      assert.deepEqual(await listed(), [id]);
    },
  },
  {
    name: 'an id that is none of the provider’s is refused: by no means is it proven to be gone',
    async run({ give, port, system, listed }) {
      const { id } = await give(1);
      for (const hostile of ['', ...hostileNames, `${id}; DROP ROLE x`, ` ${id}`]) {
        await port.remove(system.account, hostile, call()).catch(isRefusal);
        const verdict = await port.prove(system.account, hostile, call()).catch(isRefusal);
        assert.notEqual(verdict?.is, 'yes', JSON.stringify(hostile));
        await port.grant?.(system.account, hostile, call()).catch(isRefusal);
      }
      await refuses(['invalid_request'], () => port.prove(system.account, 'no such id\n', call()));
      await refuses(['invalid_request'], () => port.remove(system.account, 'no such id\n', call()));
      assert.deepEqual(await listed(), [id]);
    },
  },
];

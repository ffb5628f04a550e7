import assert from 'node:assert/strict';
import type { CredentialCase } from '../credentials.ts';
import { isWellFormed, refuses, stopped } from './stage.ts';

/** What a port does when it gets no answer, in so far as that can be seen without a fault between it and its system. */
export const withstandingCases: readonly CredentialCase[] = [
  {
    name: 'I7: a question that could not be asked is unknown, never no',
    async run({ make, port, expect }) {
      const made = await make();
      for (const secret of [made.secret, made.secret.spoiled()]) {
        const verdict = await port.verify(made.ref, secret, stopped());
        isWellFormed(verdict);
        assert.equal(verdict.is, 'unknown');
      }
      await expect(made, 'yes');
    },
  },
  {
    name: 'a preflight that could not be made is unknown',
    concerns: (port) => port.preflight !== undefined,
    async run({ port, system }) {
      const verdict = await port.preflight?.(system.account, stopped());
      assert.equal(verdict?.is, 'unknown');
    },
  },
  {
    name: 'a write that was told to stop before it began is refused as retryable, and does nothing',
    async run({ make, port, expect, listed }) {
      const made = await make();
      const before = await listed();
      await refuses(retryable, () => port.revoke(made.ref, stopped()));
      const { suspension } = port;
      if (suspension) await refuses(retryable, () => suspension.disable(made.ref, stopped()));
      assert.deepEqual(await listed(), before);
      await expect(made, 'yes');
    },
  },
  {
    name: 'an install that was told to stop before it began is refused as retryable, and does nothing',
    concerns: ({ mint }) => mint.at === 'home',
    async run({ port, system, listed, make, expect }) {
      const { mint } = port;
      assert.ok(mint.at === 'home');
      const made = await make();
      const before = await listed();
      await refuses(retryable, () => mint.install(system.account, mint.draw(), made.ref, stopped()));
      assert.deepEqual(await listed(), before);
      await expect(made, 'yes');
    },
  },
  {
    name: 'I7: a list or find that could not be asked is an error, never an empty answer',
    async run({ port, system }) {
      const { mint } = port;
      await refuses(retryable, () => port.list(system.account, stopped()));
      if (mint.at === 'home') await refuses(retryable, () => mint.find(system.account, mint.draw(), stopped()));
    },
  },
];

const retryable = ['unavailable', 'outcome_unknown', 'throttled'] as const;

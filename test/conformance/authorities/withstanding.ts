import assert from 'node:assert/strict';
import type { AuthorityCase } from '../authorities.ts';
import { call, isWellFormed, refuses, stopped } from '../credentials/stage.ts';
import { retryable } from '../refusals.ts';

/** What an authority does when it is told to stop before anything was sent. */
export const withstandingCases: readonly AuthorityCase[] = [
  {
    name: 'an enroll that was told to stop before it began is refused as retryable, and makes no certificate',
    async run({ port, request }) {
      const asked = await request();
      await refuses(retryable, () => port.enroll(asked, stopped()));
      if (port.find) assert.deepEqual(await port.find(asked, call()), []);
    },
  },
  {
    name: 'a revoke that was told to stop before it began is refused as retryable, and revokes nothing',
    async run({ port, enroll, expect }) {
      const certificate = await enroll();
      await refuses(retryable, () => port.revoke(certificate, 'superseded', stopped()));
      await expect(certificate, 'no');
    },
  },
  {
    name: 'I7: a question that could not be asked is unknown or an error, never an empty answer',
    async run({ port, enroll, request, system }) {
      const asked = await request();
      const certificate = await enroll(asked);
      await port.revoke(certificate, 'superseded', call());
      const verdicts = [await port.status(certificate, stopped()), await port.preflight?.(system.names, stopped())];
      for (const verdict of verdicts.filter((each) => each !== undefined)) {
        isWellFormed(verdict);
        assert.equal(verdict.is, 'unknown');
      }
      const { find, renewal } = port;
      if (find) await refuses(retryable, () => find(asked, stopped()));
      if (renewal) await refuses(retryable, () => renewal(certificate, stopped()));
    },
  },
];

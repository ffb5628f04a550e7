import assert from 'node:assert/strict';
import type { AuthorityPort } from '../../src/contract/authorities.ts';
import { KeyturnError } from '../../src/contract/errors.ts';
import type { AuthoritySystem } from './authorities.ts';
import { setStage, type Stage } from './authorities/stage.ts';
import { call, isWellFormed, refuses } from './credentials/stage.ts';
import { describeHostile, type HostileCase, type HostileSuite } from './hostile.ts';
import { inTime } from './in-time.ts';
import { retryable, retryableFailure } from './refusals.ts';

interface HostileAuthorityCase extends HostileCase<Stage> {
  readonly concerns?: (port: AuthorityPort) => boolean;
}

/** A connection that the fault before broke may still lie in the client's pool, and the first call after it find it dead. */
const afterFaultMs = 2_000;

const cases: readonly HostileAuthorityCase[] = [
  {
    name: 'I7: status is unknown for a good certificate and for a revoked one, and preflight and find give no answer',
    asks: true,
    async run({ enroll, request, port, expect, system }, fault) {
      const [asked, old] = [await request(), await enroll()];
      const good = await enroll(asked);
      await port.revoke(old, 'superseded', call());
      await fault.begin();
      const verdicts = [await port.status(good, call()), await port.status(old, call())];
      verdicts.push((await port.preflight?.(system.names, call())) ?? verdicts[0]!);
      for (const verdict of verdicts) {
        isWellFormed(verdict);
        assert.equal(verdict.is, 'unknown', verdict.because);
      }
      const { find } = port;
      if (find) await refuses(retryable, () => find(asked, call()));
      await fault.end();
      await expect(good, 'no');
      await expect(old, 'yes');
    },
  },
  {
    name: 'I5, I6, I7: an enroll whose answer is lost says so, leaves one certificate at most, and sent again it returns that one',
    concerns: ({ find }) => find !== undefined,
    asks: false,
    async run({ port, request, expect }, fault) {
      const [asked, write] = [await request(), call()];
      await fault.begin();
      const code = await retryableFailure(() => port.enroll(asked, write));
      await fault.end();
      const found = await inTime(async () => (await port.find?.(asked, call())) ?? []);
      assert.ok(found.length <= (code === 'outcome_unknown' ? 1 : 0), `it said ${code}, and left ${found.length}`);
      const issued = await port.enroll(asked, write);
      assert.deepEqual((found[0] ?? issued).ref, issued.ref);
      await expect(issued, 'no');
    },
  },
  {
    name: 'I7: an enroll either gets through a fault or says that it may be sent again, and then it works',
    concerns: ({ find }) => find === undefined,
    asks: false,
    async run({ port, request, enroll, expect }, fault) {
      const asked = await request();
      await fault.begin();
      const issued = await port.enroll(asked, call()).catch((error: unknown) => {
        assert.ok(
          error instanceof KeyturnError && retryable.includes(error.code),
          'it said what nobody would send again',
        );
      });
      await fault.end();
      await expect(issued ?? (await inTime(() => enroll(asked))), 'no');
    },
  },
  {
    name: 'I6, I7: a revoke whose answer is lost says so, and converges when it is sent again',
    asks: false,
    async run({ port, enroll, expect }, fault) {
      const [certificate, write] = [await enroll(), call()];
      await fault.begin();
      const code = await retryableFailure(() => port.revoke(certificate, 'superseded', write));
      await fault.end();
      if (code !== 'outcome_unknown') await inTime(() => expect(certificate, 'no'));
      await inTime(() => port.revoke(certificate, 'superseded', write));
      await expect(certificate, 'yes');
    },
  },
];

/**
 * The hostile run of the authority port, for node:test: the same promises when the way to the authority fails. A status is
 * `unknown`, a write says honestly whether it may have happened, and the same write sent again converges.
 */
export function describeHostileAuthorityPort(suite: HostileSuite<AuthoritySystem>): void {
  const name = `${suite.name} keeps its promises when the way to the authority fails`;
  describeHostile(
    name,
    suite,
    cases,
    (system: AuthoritySystem) => setStage(system, afterFaultMs),
    ({ concerns }, { port }) => concerns?.(port) !== false,
  );
}

import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CredentialPort } from '../../../src/contract/credentials.ts';
import { errorCodes, KeyturnError, type ErrorCode } from '../../../src/contract/errors.ts';
import type { Read } from '../../../src/contract/call.ts';
import type { Disturbance, HostileCase } from '../hostile.ts';
import { call, isWellFormed, refuses, type Stage } from './stage.ts';

interface HostileCredentialCase extends HostileCase<Stage> {
  readonly concerns?: (port: CredentialPort) => boolean;
}

export const hostileCases: readonly HostileCredentialCase[] = [
  {
    name: 'F25, I7: verify is unknown for a good secret and for a wrong one',
    asks: true,
    async run({ make, port, expect }, fault) {
      const made = await make();
      await fault.begin();
      for (const secret of [made.secret, made.secret.spoiled()]) {
        const verdict = await port.verify(made.ref, secret, call());
        isWellFormed(verdict);
        assert.equal(verdict.is, 'unknown', verdict.because);
      }
      await fault.end();
      await expect(made, 'yes');
    },
  },
  {
    name: 'list, find and preflight give no answer rather than an empty or a good one',
    asks: true,
    async run({ make, port, system }, fault) {
      const { secret } = await make();
      const { mint } = port;
      await fault.begin();
      await refuses(retryable, () => port.list(system.account, call()));
      if (mint.at === 'home') await refuses(retryable, () => mint.find(system.account, secret, call()));
      const verdict = await port.preflight?.(system.account, call());
      if (verdict) assert.equal(verdict.is, 'unknown', verdict.because);
    },
  },
  {
    name: 'a call that is told to stop in the middle ends at once',
    asks: true,
    async run({ make, port }, fault) {
      const made = await make();
      await fault.begin();
      const started = Date.now();
      const read: Read = { signal: AbortSignal.timeout(100) };
      const verdict = await port.verify(made.ref, made.secret, read);
      assert.equal(verdict.is, 'unknown');
      assert.ok(Date.now() - started < 1_000, 'the signal was not honoured within a second');
    },
  },
  {
    name: 'I6, I7: an install whose answer is lost says so, and the same install sent again converges',
    concerns: ({ mint }) => mint.at === 'home',
    asks: false,
    async run({ port, system, expect, listed }, fault) {
      const { mint } = port;
      assert.ok(mint.at === 'home');
      const [secret, write] = [mint.draw(), call()];
      await fault.begin();
      const code = await codeOf(() => mint.install(system.account, secret, undefined, write));
      await fault.end();
      const found = await mint.find(system.account, secret, call());
      assert.ok(found === undefined || code === 'outcome_unknown', `it said ${code}, and it was done`);
      const ref = await mint.install(system.account, secret, undefined, write);
      assert.deepEqual(found ?? ref, ref);
      await expect({ ref, secret }, 'yes');
      assert.deepEqual(await listed(), [`${ref.id}: live`]);
    },
  },
  {
    name: 'I5, I7: an issue whose answer is lost says so, and leaves one orphan at most, which list shows',
    concerns: ({ mint }) => mint.at === 'provider',
    asks: false,
    async run({ port, system, listed, expect, make }, fault) {
      const { mint } = port;
      assert.ok(mint.at === 'provider');
      await fault.begin();
      const code = await codeOf(() => mint.issue(system.account, call()));
      await fault.end();
      await sleep(100);
      const orphans = await listed();
      assert.ok(orphans.length <= (code === 'outcome_unknown' ? 1 : 0), `it said ${code}, and left ${orphans.length}`);
      await expect(await make(), 'yes');
    },
  },
  {
    name: 'I6, I7: a disable whose answer is lost says so, and converges when it is sent again',
    concerns: (port) => port.suspension !== undefined,
    asks: false,
    async run(stage, fault) {
      const { make, port, listed } = stage;
      const made = await make();
      const write = call();
      const disable = async () => port.suspension?.disable(made.ref, write);
      await converges(stage, fault, disable);
      await stage.expect(made, 'no');
      assert.deepEqual(await listed(), [`${made.ref.id}: disabled`]);
    },
  },
  {
    name: 'I6, I7: a revoke whose answer is lost says so, and converges when it is sent again',
    asks: false,
    async run(stage, fault) {
      const { make, port, listed } = stage;
      const made = await make();
      const write = call();
      await converges(stage, fault, async () => port.revoke(made.ref, write));
      await stage.expect(made, 'no');
      assert.deepEqual(await listed(), []);
    },
  },
];

const retryable = (Object.keys(errorCodes) as ErrorCode[]).filter((code) => errorCodes[code].retry);

async function codeOf(act: () => Promise<unknown>): Promise<ErrorCode> {
  let caught: unknown;
  await act().catch((error: unknown) => (caught = error));
  assert.ok(caught instanceof KeyturnError, 'it took the fault for a success');
  assert.ok(retryable.includes(caught.code), `it said ${caught.code}, which nobody would send again`);
  return caught.code;
}

/** What was refused as not done must not be done, and what may be done is done after the second call. */
async function converges({ listed }: Stage, fault: Disturbance, act: () => Promise<unknown>): Promise<void> {
  const before = await listed();
  await fault.begin();
  const code = await codeOf(act);
  await fault.end();
  if (code !== 'outcome_unknown') assert.deepEqual(await listed(), before, `it said ${code}, and it was done`);
  await act();
}

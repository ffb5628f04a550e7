import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CredentialPort, CredentialState } from '../../../src/contract/credentials.ts';
import type { ErrorCode } from '../../../src/contract/errors.ts';
import { KeyturnError } from '../../../src/contract/errors.ts';
import type { Read, Write } from '../../../src/contract/call.ts';
import type { CredentialRef } from '../../../src/contract/references.ts';
import type { Secret } from '../../../src/contract/secret.ts';
import type { Verdict } from '../../../src/contract/verdict.ts';
import type { CredentialSystem } from '../credentials.ts';
import { inTime } from '../in-time.ts';
import { watch, type Witness } from '../witness.ts';

export interface Made {
  readonly ref: CredentialRef;
  readonly secret: Secret;
}

/** What a case acts with: the watched port and the questions that are asked in every case. */
export interface Stage {
  readonly system: CredentialSystem;
  readonly port: CredentialPort;
  readonly witness: Witness<CredentialPort>;
  /** Makes one credential of the account, in the way of this port. */
  readonly make: (replacing?: CredentialRef, account?: string) => Promise<Made>;
  /** Fails unless the system gives this verdict within the propagation time. */
  readonly expect: (credential: Made, is: Verdict['is']) => Promise<void>;
  /** The account's credentials as `id: status`, sorted. */
  readonly listed: (account?: string) => Promise<string[]>;
  readonly neighbourIsUntouched: () => Promise<void>;
}

let calls = 0;

/** A call that may take its time; a write has an operation id of its own. */
export function call(): Write {
  calls += 1;
  return { signal: new AbortController().signal, operation: `conformance/run/${calls}` };
}

/** A call that was told to stop before it began. */
export function stopped(): Write {
  return { ...call(), signal: AbortSignal.abort() };
}

export async function setStage(system: CredentialSystem, propagation: number): Promise<Stage> {
  const witness = watch(system.port, system.secrets);
  const { port } = witness;
  const make = (replacing?: CredentialRef, account = system.account) => makeOne(port, account, replacing);
  const expect = (credential: Made, is: Verdict['is']) => eventually(port, credential, is, propagation);
  const listed = async (account = system.account) => (await port.list(account, call())).map(describeState).toSorted();
  const neighbour = await make(undefined, system.neighbour);
  const before = await listed(system.neighbour);
  await expect(neighbour, 'yes');
  return {
    system,
    port,
    witness,
    make,
    expect,
    listed,
    async neighbourIsUntouched() {
      await expect(neighbour, 'yes');
      const now = await inTime(() => listed(system.neighbour));
      assert.deepEqual(now, before, 'a neighbour account was touched');
    },
  };
}

/** A verdict as a person can read it: one line of words, and a time. */
export function isWellFormed(verdict: Verdict): void {
  assert.ok(['yes', 'no', 'unknown'].includes(verdict.is), 'a verdict is yes, no or unknown');
  assert.match(verdict.because, /^\S[^\n]{2,299}$/, 'a verdict says why in one line');
  assert.ok(isTime(verdict.at), 'a verdict carries the time at which it was seen, as RFC 3339');
}

export function isTime(text: string): boolean {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(text) && !Number.isNaN(Date.parse(text));
}

/** Fails unless the call is refused with one of these codes. */
export async function refuses(codes: readonly ErrorCode[], act: () => Promise<unknown>): Promise<void> {
  await assert.rejects(
    act,
    (error) => error instanceof KeyturnError && codes.includes(error.code),
    `expected a refusal with ${codes.join(' or ')}`,
  );
}

async function makeOne(port: CredentialPort, account: string, replacing?: CredentialRef): Promise<Made> {
  if (port.mint.at === 'provider') {
    const { ref, secret } = await port.mint.issue(account, call());
    return { ref, secret };
  }
  const secret = port.mint.draw();
  return { ref: await port.mint.install(account, secret, replacing, call()), secret };
}

async function eventually(port: CredentialPort, { ref, secret }: Made, is: Verdict['is'], within: number) {
  const end = Date.now() + within;
  const ask: Read = call();
  for (;;) {
    const verdict = await port.verify(ref, secret, ask);
    isWellFormed(verdict);
    if (verdict.is === is) return;
    if (Date.now() >= end) assert.fail(`expected the verdict ${is}, got ${verdict.is}: ${verdict.because}`);
    await sleep(100);
  }
}

function describeState({ ref, status }: CredentialState): string {
  return `${ref.id}: ${status}`;
}

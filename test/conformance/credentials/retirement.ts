import assert from 'node:assert/strict';
import type { CredentialPort } from '../../../src/contract/credentials.ts';
import { KeyturnError } from '../../../src/contract/errors.ts';
import type { CredentialCase, CredentialSystem, OpenSession } from '../credentials.ts';
import { call, type Made, type Stage } from './stage.ts';

/** How a credential ends: stopped, taken back, and what it opened ended. */
export const retirementCases: readonly CredentialCase[] = [
  {
    name: 'I10: a revoked credential is refused and no longer listed; gone is done',
    async run({ make, port, expect, listed }) {
      const made = await make();
      const write = call();
      await port.revoke(made.ref, write);
      await port.revoke(made.ref, write);
      await port.revoke(made.ref, call());
      await expect(made, 'no');
      assert.deepEqual(await listed(), []);
    },
  },
  {
    name: 'revoke ends the credential that it was handed, and the other one of the account lives on',
    concerns: isRoomy,
    async run({ make, port, expect, listed }) {
      const [kept, ended] = await pair(make);
      await port.revoke(ended.ref, call());
      await expect(ended, 'no');
      await expect(kept, 'yes');
      assert.deepEqual(await listed(), [`${kept.ref.id}: live`]);
    },
  },
  {
    name: 'the first credential can be revoked as well as the second, and its place is free again',
    concerns: isRoomy,
    async run({ make, port, expect, listed }) {
      const [ended, kept] = await pair(make);
      await port.revoke(ended.ref, call());
      await expect(ended, 'no');
      const next = await make(kept.ref);
      await expect(kept, 'yes');
      await expect(next, 'yes');
      assert.equal((await listed()).length, 2);
    },
  },
  {
    name: 'a disabled credential is refused and listed as disabled, enabled it works again; the second call of either resolves',
    concerns: canSuspend,
    async run({ make, port, expect, listed }) {
      const made = await make();
      for (const round of ['first', 'second']) {
        await port.suspension?.disable(made.ref, call());
        await port.suspension?.disable(made.ref, call());
        await expect(made, 'no');
        assert.deepEqual(await listed(), [`${made.ref.id}: disabled`], `${round} time`);
        await port.suspension?.enable(made.ref, call());
        await port.suspension?.enable(made.ref, call());
        await expect(made, 'yes');
        assert.deepEqual(await listed(), [`${made.ref.id}: live`], `${round} time`);
      }
    },
  },
  {
    name: 'disable stops the credential that it was handed, and the other one of the account lives on',
    concerns: (port) => canSuspend(port) && isRoomy(port),
    async run({ make, port, expect }) {
      const [kept, ended] = await pair(make);
      await port.suspension?.disable(ended.ref, call());
      await expect(ended, 'no');
      await expect(kept, 'yes');
      await port.suspension?.enable(ended.ref, call());
      await expect(ended, 'yes');
    },
  },
  {
    name: 'a disabled credential can be revoked, and enable does not bring back what was revoked',
    concerns: canSuspend,
    async run({ make, port, expect, listed }) {
      const made = await make();
      await port.suspension?.disable(made.ref, call());
      await port.revoke(made.ref, call());
      await port.suspension?.disable(made.ref, call());
      await port.suspension?.enable(made.ref, call()).catch((error: unknown) => {
        assert.ok(error instanceof KeyturnError && error.code === 'not_found', 'the revoked is not found');
      });
      await expect(made, 'no');
      assert.deepEqual(await listed(), []);
    },
  },
  {
    name: 'F15: endSessions ends what was opened with the credential, and nothing that was opened with another',
    concerns: (port) => port.endSessions !== undefined,
    run: sessionsEnd,
  },
];

function isRoomy({ maxLive }: CredentialPort): boolean {
  return maxLive !== 1;
}

function canSuspend({ suspension }: CredentialPort): boolean {
  return suspension !== undefined;
}

async function pair(make: Stage['make']): Promise<[Made, Made]> {
  const first = await make();
  return [first, await make(first.ref)];
}

async function sessionsEnd({ make, port, system }: Stage): Promise<void> {
  const made = await make();
  const other = isRoomy(port) ? await make(made.ref) : undefined;
  const sessions = [await openSession(system, made), await openSession(system, made)];
  const bystander = other && (await openSession(system, other));
  try {
    assert.ok(await sessions[0]?.isAlive());
    await port.revoke(made.ref, call());
    await port.endSessions?.(made.ref, call());
    assert.deepEqual(await Promise.all(sessions.map((session) => session.isAlive())), [false, false]);
    assert.ok((await bystander?.isAlive()) ?? true, 'a session of another credential was ended');
    await port.endSessions?.(made.ref, call());
  } finally {
    await Promise.all([...sessions, ...(bystander ? [bystander] : [])].map((session) => session.close()));
  }
}

async function openSession(system: CredentialSystem, { ref, secret }: Made): Promise<OpenSession> {
  const session = await system.openSession?.(ref, secret);
  assert.ok(session, 'a port with endSessions is tried with a real session, so the fixture has openSession');
  return session;
}

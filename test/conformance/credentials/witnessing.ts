import assert from 'node:assert/strict';
import type { CredentialPort } from '../../../src/contract/credentials.ts';
import type { CredentialCase } from '../credentials.ts';
import { call, isTime, isWellFormed, refuses, type Stage } from './stage.ts';

/** What a port says about credentials: all of it changes nothing. */
export const witnessingCases: readonly CredentialCase[] = [
  {
    name: 'what the system can not do is absent: disable and enable come together, and no member is anything but a method',
    run: async ({ system: { port } }) => hasItsShape(port),
  },
  {
    name: 'F25: a good secret is yes and a spoiled one is no, so the verifier asks the real system',
    async run({ make, expect }) {
      const { ref, secret } = await make();
      await expect({ ref, secret }, 'yes');
      await expect({ ref, secret: secret.spoiled() }, 'no');
      await expect({ ref, secret }, 'yes');
    },
  },
  {
    name: 'an account without credentials lists none',
    run: async ({ listed }) => assert.deepEqual(await listed(), []),
  },
  {
    name: 'list shows a live credential, under the reference that was handed out',
    async run({ make, port, system }) {
      const { ref } = await make();
      const [state, ...others] = await port.list(system.account, call());
      assert.deepEqual(others, []);
      assert.deepEqual({ ref: state?.ref, status: state?.status }, { ref, status: 'live' });
      assert.equal(ref.account, system.account);
      assert.notEqual(ref.connection, '');
      assert.ok(state?.createdAt === 'unknown' || isTime(state?.createdAt ?? ''), 'createdAt is RFC 3339 or unknown');
    },
  },
  {
    name: 'asking changes nothing',
    async run({ make, port, listed, expect, system }) {
      const made = await make();
      const before = await listed();
      await port.verify(made.ref, made.secret.spoiled(), call());
      await port.lastUse?.(made.ref, call());
      await port.preflight?.(system.account, call());
      if (port.mint.at === 'home') await port.mint.find(system.account, made.secret.spoiled(), call());
      assert.deepEqual(await listed(), before);
      await expect(made, 'yes');
    },
  },
  {
    name: 'lastUse tells a time, never or unknown, and how far it may lag',
    concerns: (port) => port.lastUse !== undefined,
    async run({ make, port, expect }) {
      const made = await make();
      await expect(made, 'yes');
      const use = await port.lastUse?.(made.ref, call());
      assert.ok(use && (use.at === 'never' || use.at === 'unknown' || isTime(use.at)));
      assert.ok(use.lagSeconds >= 0);
      assert.ok(
        use.at !== 'never' || use.lagSeconds > 0,
        'it was used just now, so never is a lie unless the record lags',
      );
    },
  },
  {
    name: 'preflight is yes for an account that can be rotated, and not for one that does not exist',
    concerns: (port) => port.preflight !== undefined,
    async run({ port, system, make }) {
      await make();
      const ready = await port.preflight?.(system.account, call());
      assert.ok(ready);
      isWellFormed(ready);
      assert.equal(ready.is, 'yes', ready.because);
      const absent = await port.preflight?.(system.absent, call());
      assert.ok(absent);
      isWellFormed(absent);
      assert.equal(absent.is, 'no', absent.because);
    },
  },
  {
    name: 'an account that does not exist has nothing: it lists none or is not found, and takes no new credential',
    async run({ port, system, make }) {
      await nothingListed(port, system.absent);
      await refuses(['not_found', 'denied', 'invalid_request'], () => make(undefined, system.absent));
      await nothingListed(port, system.absent);
    },
  },
  {
    name: 'a name that means something to a shell, a path, a query or a terminal is refused, and does nothing',
    async run(stage) {
      for (const account of hostileNames) {
        await refusesName(stage, account);
      }
    },
  },
];

const hostileNames = [
  '',
  '.',
  '../../x',
  '"; DROP ROLE x; --',
  "x' OR '1'='1",
  'two\nlines',
  'nul\0byte',
  '\u001b[2Jscreen',
  'x'.repeat(10_240),
];

function hasItsShape(port: CredentialPort): void {
  const { maxLive, mint, suspension } = port;
  assert.ok(maxLive === null || (Number.isInteger(maxLive) && maxLive >= 1), 'maxLive is null or at least 1');
  haveMethods(mint, mint.at === 'home' ? ['draw', 'install', 'find'] : ['issue']);
  if (suspension !== undefined) haveMethods(suspension, ['disable', 'enable']);
  const optional = ['lastUse', 'endSessions', 'preflight'] as const;
  haveMethods(port, ['list', 'verify', 'revoke', ...optional.filter((name) => port[name] !== undefined)]);
}

function haveMethods(owner: object, names: readonly string[]): void {
  for (const name of names) assert.equal(typeof Reflect.get(owner, name), 'function', `${name} is a method`);
}

async function nothingListed(port: CredentialPort, account: string): Promise<void> {
  const listed = await port.list(account, call()).catch((error: { code?: string }) => {
    if (error.code === 'not_found') return [];
    throw error;
  });
  assert.deepEqual(listed, []);
}

async function refusesName({ port, make }: Stage, account: string): Promise<void> {
  const shown = JSON.stringify(account.slice(0, 30));
  await refuses(['invalid_request', 'not_found', 'denied'], () => make(undefined, account));
  const listed = await port.list(account, call()).catch(() => []);
  assert.deepEqual(listed, [], `${shown} lists something`);
  const verdict = await port.preflight?.(account, call()).catch(() => undefined);
  assert.notEqual(verdict?.is, 'yes', `${shown} passes preflight`);
}

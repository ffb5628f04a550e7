import assert from 'node:assert/strict';
import type { ConsumerCase } from '../consumers.ts';
import { call, isWellFormed } from '../credentials/stage.ts';

/** What a port says about a workload: all of it changes nothing. */
export const witnessingCases: readonly ConsumerCase[] = [
  {
    name: 'what the workload can not do is absent, and no member is anything but a method',
    async run({ system: { port } }) {
      assert.equal(port.by, 'machine');
      for (const name of ['deliver', 'verify', 'apply', 'preflight'] as const) {
        const isOptional = name === 'apply' || name === 'preflight';
        const member: unknown = Reflect.get(port, name);
        assert.ok(typeof member === 'function' || (isOptional && member === undefined), name);
      }
    },
  },
  {
    name: 'F25: verify says no to a credential that was never delivered',
    async run({ draw, move, expect }) {
      await expect(draw(), 'no');
      const credential = draw();
      await move(credential);
      await expect(draw(), 'no');
      await expect({ ...credential, fingerprint: `hmac-sha256:${'0'.repeat(64)}` }, 'no');
      await expect({ ...credential, fingerprint: 'hmac-sha256:' }, 'no');
    },
  },
  {
    name: 'F25: verify goes by the secret itself, not by what is written beside it',
    concerns: ({ tamper }) => tamper !== undefined,
    async run({ draw, move, expect, system }) {
      const [credential, other] = [draw(), draw()];
      await move(credential);
      await system.tamper?.(system.target, other.secret);
      await expect(credential, 'no');
      await expect(other, 'no');
      await move(credential);
      await expect(credential, 'yes');
    },
  },
  {
    name: 'asking changes nothing',
    async run({ draw, move, expect, rests, port, system }) {
      const credential = draw();
      await move(credential);
      const changes = await system.changesAt?.(system.target);
      await expect(draw(), 'no');
      await port.preflight?.(system.target, call());
      assert.equal(await system.changesAt?.(system.target), changes);
      await rests(credential);
      await expect(credential, 'yes');
    },
  },
  {
    name: 'preflight is yes for a workload that can be moved',
    concerns: ({ port }) => port.preflight !== undefined,
    async run({ draw, move, port, system }) {
      await move(draw());
      const verdict = await port.preflight?.(system.target, call());
      assert.ok(verdict);
      isWellFormed(verdict);
      assert.equal(verdict.is, 'yes', verdict.because);
    },
  },
];

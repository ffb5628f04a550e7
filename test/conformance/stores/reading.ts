import assert from 'node:assert/strict';
import { call, isWellFormed, refuses } from '../credentials/stage.ts';
import type { StoreCase } from '../stores.ts';
import { draw } from './stage.ts';

/** What somebody else wrote, and what nobody wrote. */
export const readingCases: readonly StoreCase[] = [
  {
    name: 'what somebody else put is read: its version and fingerprint, and with these the secret',
    async run({ port, system, holds }) {
      const secret = draw();
      const path = await system.plant(secret);
      const stored = await port.read(path, call());
      await holds(stored, secret);
      assert.deepEqual(await port.read(path, call()), stored);
    },
  },
  {
    name: 'a reference stays that of its own version when somebody writes a newer one',
    async run({ port, system, holds }) {
      const [old, fresh] = [draw(), draw()];
      const path = await system.plant(old);
      const first = await port.read(path, call());
      assert.equal(await system.plant(fresh), path);
      const second = await port.read(path, call());
      assert.notDeepEqual(second.ref, first.ref);
      await holds(first, old);
      await holds(second, fresh);
    },
  },
  {
    name: 'I5: what somebody else put is never destroyed',
    async run({ port, system, holds }) {
      const secret = draw();
      const stored = await port.read(await system.plant(secret), call());
      await refuses(['denied'], () => port.destroy(stored.ref, call()));
      await holds(stored, secret);
    },
  },
  {
    name: 'what was never put is not found',
    async run({ port, system, put }) {
      const { ref } = await put(draw());
      await refuses(['not_found'], () => port.get({ ...ref, version: ref.version + 99 }, call()));
      await refuses(['not_found'], () => port.get({ ...ref, path: `${ref.path}-other` }, call()));
      const path = await system.plant(draw());
      await refuses(['not_found'], () => port.read(`${path}-other`, call()));
    },
  },
  {
    name: 'preflight is yes for an identity that can be written, and changes nothing',
    async run({ port, system, put }) {
      await put(draw());
      for (const identity of [system.identity, `${system.identity}-new`]) {
        const verdict = await port.preflight(identity, call());
        isWellFormed(verdict);
        assert.equal(verdict.is, 'yes', verdict.because);
      }
      assert.equal(await port.find(`${system.identity}-new`, 'preflight', call()), undefined);
    },
  },
];

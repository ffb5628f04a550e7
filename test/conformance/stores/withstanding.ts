import assert from 'node:assert/strict';
import { call, isWellFormed, refuses, stopped } from '../credentials/stage.ts';
import { hostileNames, isRefusal, refusal, retryable } from '../refusals.ts';
import type { StoreCase } from '../stores.ts';
import { draw, type Stage } from './stage.ts';

/** What a store does when it is told to stop, or is handed what means something to a path. */
export const withstandingCases: readonly StoreCase[] = [
  {
    name: 'a put that was told to stop before it began is refused as retryable, and puts nothing',
    async run({ port, system }) {
      const write = stopped();
      await refuses(retryable, () => port.put(system.identity, draw(), undefined, write));
      assert.equal(await port.find(system.identity, write.operation, call()), undefined);
    },
  },
  {
    name: 'a destroy that was told to stop before it began is refused as retryable, and destroys nothing',
    async run({ port, put, holds }) {
      const secret = draw();
      const stored = await put(secret);
      await refuses(retryable, () => port.destroy(stored.ref, stopped()));
      await holds(stored, secret);
    },
  },
  {
    name: 'I7: a question that could not be asked is an error or unknown, never an empty answer',
    async run({ port, system }) {
      const write = call();
      const { ref } = await port.put(system.identity, draw(), undefined, write);
      await refuses(retryable, () => port.find(system.identity, write.operation, stopped()));
      await refuses(retryable, () => port.get(ref, stopped()));
      const path = await system.plant(draw());
      await refuses(retryable, () => port.read(path, stopped()));
      const verdict = await port.preflight(system.identity, stopped());
      isWellFormed(verdict);
      assert.equal(verdict.is, 'unknown');
    },
  },
  {
    name: 'a name that means something to a shell, a path, a query or a terminal is refused, or is just a name',
    async run({ port, holds, put, system }) {
      const [kept, planted] = [draw(), draw()];
      const stays = await put(kept);
      const theirs = await port.read(await system.plant(planted), call());
      for (const name of ['', ...hostileNames]) {
        await isRefusedOrKept(name, { port, holds });
        await refuses(refusal, () => port.read(name, call()));
        await refuses(refusal, () => port.get({ path: name, version: 1 }, call()));
        await port.destroy({ path: name, version: 1 }, call()).catch(isRefusal);
      }
      await holds(stays, kept);
      await holds(theirs, planted);
    },
  },
];

async function isRefusedOrKept(name: string, { port, holds }: Pick<Stage, 'port' | 'holds'>): Promise<void> {
  const [secret, write] = [draw(), call()];
  const stored = await port.put(name, secret, undefined, write).catch(isRefusal);
  if (!stored) return;
  await holds(stored, secret);
  assert.deepEqual((await port.find(name, write.operation, call()))?.stored, stored);
  await port.destroy(stored.ref, write);
}

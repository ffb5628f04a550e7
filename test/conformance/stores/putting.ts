import assert from 'node:assert/strict';
import { call, refuses } from '../credentials/stage.ts';
import type { StoreCase } from '../stores.ts';
import { draw } from './stage.ts';
import { Secret } from '../../../src/contract/secret.ts';

const owner = { connection: 'db', account: 'orders', id: 'orders_b' };

/** One operation puts one secret, and takes away no other. */
export const puttingCases: readonly StoreCase[] = [
  {
    name: 'I2: what was put is got back, whatever characters it has',
    async run({ put, holds }) {
      for (const text of [draw().reveal(), `"'\\\`$#{}%\t\r\n\u00e9\u{1f511} `, 'x'.repeat(10_240)]) {
        const secret = new Secret(text);
        await holds(await put(secret), secret);
      }
    },
  },
  {
    name: 'I6, F12: a second put of one operation returns the first one, whatever it brings',
    async run({ port, system, holds }) {
      const [first, write] = [draw(), call()];
      const stored = await port.put(system.identity, first, owner, write);
      assert.deepEqual(await port.put(system.identity, first, owner, write), stored);
      assert.deepEqual(await port.put(system.identity, draw(), undefined, write), stored);
      assert.deepEqual(await port.find(system.identity, write.operation, call()), { stored, owner });
      await holds(stored, first);
    },
  },
  {
    name: 'F12: of several puts of one operation at once one wins, and all return it',
    async run({ port, system, holds }) {
      const [secrets, write] = [Array.from({ length: 5 }, draw), call()];
      const stored = await Promise.all(secrets.map((each) => port.put(system.identity, each, undefined, write)));
      const [first, ...others] = stored;
      assert.ok(first);
      for (const other of others) assert.deepEqual(other, first);
      const winner = secrets.find((each) => system.fingerprint(each) === first.fingerprint);
      assert.ok(winner, 'what was returned is none of what was put');
      await holds(first, winner);
    },
  },
  {
    name: 'F17: find shows what an operation put and whose it is, and nothing for an operation that put nothing',
    async run({ port, system }) {
      const [owned, bare] = [call(), call()];
      assert.equal(await port.find(system.identity, owned.operation, call()), undefined);
      const stored = await port.put(system.identity, draw(), owner, owned);
      const other = await port.put(system.identity, draw(), undefined, bare);
      assert.deepEqual(await port.find(system.identity, owned.operation, call()), { stored, owner });
      assert.deepEqual(await port.find(system.identity, bare.operation, call()), { stored: other, owner: undefined });
      assert.equal(await port.find(system.identity, `${owned.operation}/other`, call()), undefined);
    },
  },
  {
    name: 'operations of one identity, and identities with one operation, have a place each',
    async run({ port, system, holds, put }) {
      const [mine, theirs, later, write] = [draw(), draw(), draw(), call()];
      const stored = await port.put(system.identity, mine, undefined, write);
      const other = await port.put(system.neighbour, theirs, undefined, write);
      await holds(await put(later), later);
      await holds(stored, mine);
      await holds(other, theirs);
      await port.destroy(stored.ref, call());
      await holds(other, theirs);
    },
  },
  {
    name: 'a destroyed secret is not found any more, its neighbours stay, and gone is done',
    async run({ port, system, put, holds }) {
      const [kept, write] = [draw(), call()];
      const stays = await put(kept);
      const stored = await port.put(system.identity, draw(), undefined, write);
      await port.destroy(stored.ref, write);
      await port.destroy(stored.ref, write);
      await port.destroy(stored.ref, call());
      await refuses(['not_found'], () => port.get(stored.ref, call()));
      assert.equal(await port.find(system.identity, write.operation, call()), undefined);
      await holds(stays, kept);
    },
  },
  {
    name: 'operations of any length and alphabet have a place each',
    async run({ port, system, holds }) {
      const long = 'x'.repeat(10_240);
      for (const operation of ['a/b', 'a//b', '../a', 'a\nb', 'a\u0000b', '"; DROP TABLE x', 'é', long, `${long}y`]) {
        const secret = draw();
        const stored = await port.put(system.identity, secret, undefined, { ...call(), operation });
        await holds(stored, secret);
        assert.deepEqual(await port.find(system.identity, operation, call()), { stored, owner: undefined });
      }
    },
  },
];

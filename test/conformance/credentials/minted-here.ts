import assert from 'node:assert/strict';
import type { CredentialPort, MintedHere } from '../../../src/contract/credentials.ts';
import type { CredentialCase } from '../credentials.ts';
import { call, refuses, type Made, type Stage } from './stage.ts';

/** Promises of a port that takes secrets which we drew. */
export const mintedHereCases: readonly CredentialCase[] = [
  {
    name: 'no two drawn secrets are alike, and none is short',
    concerns: isHome,
    async run({ port }) {
      const drawn = Array.from({ length: 100 }, () => home(port).draw().reveal());
      assert.equal(new Set(drawn).size, drawn.length);
      assert.ok(drawn.every((secret) => secret.length >= 20));
    },
  },
  {
    name: 'I6: installing the same secret again returns the same reference and makes nothing new',
    concerns: isHome,
    async run({ port, make, system, listed, expect }) {
      const made = await make();
      const before = await listed();
      const write = call();
      for (let time = 0; time < 2; time += 1) {
        assert.deepEqual(await home(port).install(system.account, made.secret, undefined, write), made.ref);
      }
      assert.deepEqual(await listed(), before);
      await expect(made, 'yes');
    },
  },
  {
    name: 'I6: installing the successor again returns the same reference, and its predecessor still works',
    concerns: (port) => isHome(port) && port.maxLive !== 1,
    async run({ port, make, system, listed, expect }) {
      const old = await make();
      const made = await make(old.ref);
      const again = await home(port).install(system.account, made.secret, old.ref, call());
      assert.deepEqual(again, made.ref);
      assert.equal((await listed()).length, 2);
      await expect(old, 'yes');
      await expect(made, 'yes');
    },
  },
  {
    name: 'I7: find names the credential that a secret is installed as, and nothing for one that never was',
    concerns: isHome,
    async run({ port, make, system }) {
      const never = home(port).draw();
      assert.equal(await home(port).find(system.account, never, call()), undefined);
      const made = await make();
      assert.deepEqual(await home(port).find(system.account, made.secret, call()), made.ref);
      assert.equal(await home(port).find(system.account, never, call()), undefined);
      await port.revoke(made.ref, call());
      assert.equal(await home(port).find(system.account, made.secret, call()), undefined);
    },
  },
  {
    name: 'in-place: the new secret replaces the old one, and putting the old one back undoes it',
    concerns: isInPlace,
    async run({ make, port, system, expect, listed }) {
      const old = await make();
      const made = await make(old.ref);
      await inPlace({ expect, listed }, made, old);
      await home(port).install(system.account, old.secret, made.ref, call());
      await inPlace({ expect, listed }, old, made);
    },
  },
  {
    name: 'in-place: find follows what is installed now',
    concerns: isInPlace,
    async run({ make, port, system }) {
      const old = await make();
      const made = await make(old.ref);
      assert.deepEqual(await home(port).find(system.account, made.secret, call()), made.ref);
      assert.equal(await home(port).find(system.account, old.secret, call()), undefined);
    },
  },
  {
    name: 'F10: a full account takes no further credential, and none makes room for it',
    concerns: (port) => isHome(port) && port.maxLive !== null && port.maxLive > 1,
    async run({ make, port, expect, listed }) {
      const made = [await make()];
      while (made.length < (port.maxLive ?? 0)) made.push(await make(made[0]?.ref));
      const before = await listed();
      await refuses(['limit_reached'], () => make(made[0]?.ref));
      await refuses(['limit_reached'], () => make());
      assert.deepEqual(await listed(), before);
      await Promise.all(made.map((each) => expect(each, 'yes')));
    },
  },
];

function isHome({ mint }: CredentialPort): boolean {
  return mint.at === 'home';
}

function isInPlace(port: CredentialPort): boolean {
  return isHome(port) && port.maxLive === 1;
}

function home({ mint }: CredentialPort): MintedHere {
  assert.ok(mint.at === 'home');
  return mint;
}

async function inPlace({ expect, listed }: Pick<Stage, 'expect' | 'listed'>, inUse: Made, replaced: Made) {
  await expect(inUse, 'yes');
  await expect(replaced, 'no');
  assert.deepEqual(await listed(), [`${inUse.ref.id}: live`]);
}

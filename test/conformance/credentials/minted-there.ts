import assert from 'node:assert/strict';
import type { CredentialPort } from '../../../src/contract/credentials.ts';
import type { CredentialCase } from '../credentials.ts';
import { refuses, stopped } from './stage.ts';

/** Promises of a port whose system chooses the secret. */
export const mintedThereCases: readonly CredentialCase[] = [
  {
    name: 'each issue makes one more credential, and both work side by side',
    concerns: (port) => isThere(port) && port.maxLive !== 1,
    async run({ make, expect, listed }) {
      const [old, made] = [await make(), await make()];
      assert.notEqual(old.ref.id, made.ref.id);
      assert.notEqual(old.secret.reveal(), made.secret.reveal());
      assert.deepEqual(await listed(), [`${old.ref.id}: live`, `${made.ref.id}: live`].toSorted());
      await expect(old, 'yes');
      await expect(made, 'yes');
      await expect({ ref: old.ref, secret: made.secret }, 'no');
    },
  },
  {
    name: 'F10: a full account issues no further credential, and none makes room for it',
    concerns: (port) => isThere(port) && port.maxLive !== null,
    async run({ make, port, expect, listed }) {
      const made = [await make()];
      while (made.length < (port.maxLive ?? 0)) made.push(await make());
      const before = await listed();
      await refuses(['limit_reached'], () => make());
      assert.deepEqual(await listed(), before);
      await Promise.all(made.map((each) => expect(each, 'yes')));
    },
  },
  {
    name: 'an issue that was told to stop before it began leaves no orphan',
    concerns: isThere,
    async run({ port, system, listed }) {
      const { mint } = port;
      assert.ok(mint.at === 'provider');
      await refuses(['unavailable', 'outcome_unknown'], () => mint.issue(system.account, stopped()));
      assert.deepEqual(await listed(), []);
    },
  },
];

function isThere({ mint }: CredentialPort): boolean {
  return mint.at === 'provider';
}

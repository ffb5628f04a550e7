import { KeyturnError } from '../../../src/contract/errors.ts';
import { Secret } from '../../../src/contract/secret.ts';
import type { Mutant } from './mutant.ts';
import { call, onHome, onInstall, onIssue, oneHere, twoHere, twoThere } from './mutant.ts';

export const mintingMutants: readonly Mutant[] = [
  {
    name: 'draws the same secret for everybody',
    caughtBy: 'no two drawn secrets are alike, and none is short',
    shape: twoHere,
    mutate: onHome((mint) => ({ ...mint, draw: () => new Secret('a-secret-that-never-changes') })),
  },
  {
    name: 'installs the same secret a second time',
    caughtBy: 'I6: installing the same secret again',
    shape: twoHere,
    mutate: onInstall((mint, { accounts }) => async (account, secret, replacing, write) => {
      const ref = await mint.install(account, mint.draw(), replacing, write);
      accounts.get(account)?.set(ref.id, { secret: secret.reveal(), status: 'live' });
      return ref;
    }),
  },
  {
    name: 'takes the old credential away while it installs the new one',
    caughtBy: 'I6: installing the successor again returns the same reference, and its predecessor still works',
    shape: twoHere,
    mutate: onInstall((mint, { accounts }) => async (account, secret, replacing, write) => {
      if (replacing) accounts.get(account)?.delete(replacing.id);
      return mint.install(account, secret, replacing, write);
    }),
  },
  {
    name: 'never finds what was installed',
    caughtBy: 'I7: find names the credential that a secret is installed as, and nothing for one that never was',
    shape: twoHere,
    mutate: onHome((mint) => ({ ...mint, find: async () => undefined })),
  },
  {
    name: 'keeps the first secret in its only slot',
    caughtBy: 'in-place: the new secret replaces the old one, and putting the old one back undoes it',
    shape: oneHere,
    mutate: onInstall((mint, { accounts }) => async (account, secret, replacing, write) => {
      if (accounts.get(account)?.has('only')) return { connection: 'memory', account, id: 'only' };
      return mint.install(account, secret, replacing, write);
    }),
  },
  {
    name: 'finds the secret that was replaced',
    caughtBy: 'in-place: find follows what is installed now',
    shape: oneHere,
    mutate: onHome((mint) => ({
      ...mint,
      find: async (account) => ({ connection: 'memory', account, id: 'only' }),
    })),
  },
  {
    name: 'makes room by deleting the oldest of a full account',
    caughtBy: 'F10: a full account takes no further credential, and none makes room for it',
    shape: twoHere,
    mutate: onInstall((mint, { accounts }) => async (account, secret, replacing, write) => {
      const [oldest, ...others] = accounts.get(account)?.keys() ?? [];
      if (oldest !== undefined && others.length > 0) accounts.get(account)?.delete(oldest);
      return mint.install(account, secret, replacing, write);
    }),
  },
  {
    name: 'issues the same credential twice',
    caughtBy: 'each issue makes one more credential, and both work side by side',
    shape: twoThere,
    mutate: onIssue((mint, { accounts }) => async (account, write) => {
      const [[id, entry] = []] = accounts.get(account) ?? [];
      if (id === undefined || !entry) return mint.issue(account, write);
      return { ref: { connection: 'memory', account, id }, secret: new Secret(entry.secret) };
    }),
  },
  {
    name: 'deletes the oldest key when there are two',
    caughtBy: 'F10: a full account issues no further credential, and none makes room for it',
    shape: twoThere,
    mutate: onIssue((mint, { accounts }) => async (account, write) => {
      const [oldest, ...others] = accounts.get(account)?.keys() ?? [];
      if (oldest !== undefined && others.length > 0) accounts.get(account)?.delete(oldest);
      return mint.issue(account, write);
    }),
  },
  {
    name: 'issues although it was told to stop',
    caughtBy: 'an issue that was told to stop before it began leaves no orphan',
    shape: twoThere,
    mutate: onIssue((mint) => async (account, { signal }) => {
      const issued = await mint.issue(account, call());
      if (signal.aborted) throw new KeyturnError('unavailable', 'the call was told to stop');
      return issued;
    }),
  },
];

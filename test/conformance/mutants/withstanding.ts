import { KeyturnError } from '../../../src/contract/errors.ts';
import type { Mutant } from './mutant.ts';
import { call, onInstall, say, twoHere } from './mutant.ts';

/** Ports that take silence for an answer, or say more than they should. */
export const withstandingMutants: readonly Mutant[] = [
  {
    name: 'folds unknown into no',
    caughtBy: 'I7: a question that could not be asked is unknown',
    shape: twoHere,
    mutate: (port) => ({
      ...port,
      async verify(...args) {
        const verdict = await port.verify(...args);
        return verdict.is === 'unknown' ? say('no') : verdict;
      },
    }),
  },
  {
    name: 'folds an unknown preflight into yes',
    caughtBy: 'a preflight that could not be made',
    shape: twoHere,
    mutate: (port) => ({
      ...port,
      async preflight(account, read) {
        return read.signal.aborted ? say('yes') : ((await port.preflight?.(account, read)) ?? say('no'));
      },
    }),
  },
  {
    name: 'installs although it was told to stop',
    caughtBy: 'an install that was told to stop',
    shape: twoHere,
    mutate: onInstall((mint) => async (account, secret, replacing, { signal }) => {
      const ref = await mint.install(account, secret, replacing, call());
      if (signal.aborted) throw new KeyturnError('unavailable', 'the call was told to stop');
      return ref;
    }),
  },
  {
    name: 'lists nothing when it got no answer',
    caughtBy: 'I7: a list or find that could not be asked',
    shape: twoHere,
    mutate: (port) => ({ ...port, list: async (account, read) => port.list(account, read).catch(() => []) }),
  },
  {
    name: 'copies what the remote system said into its error',
    caughtBy: 'a write that was told to stop before it began',
    shape: twoHere,
    mutate: (port) => ({
      ...port,
      revoke: async (ref, write) =>
        port.revoke(ref, write).catch(() => {
          throw new KeyturnError('unavailable', 'it said: FATAL from remote');
        }),
    }),
  },
  {
    name: 'throws the error of its client',
    caughtBy: 'a write that was told to stop before it began',
    shape: twoHere,
    mutate: (port) => ({
      ...port,
      async revoke(ref, write) {
        if (write.signal.aborted) throw new TypeError('fetch failed');
        await port.revoke(ref, write);
      },
    }),
  },
  {
    name: 'hangs the error of its client on its own, secret and all',
    caughtBy: 'an install that was told to stop',
    shape: twoHere,
    mutate: onInstall((mint) => async (account, secret, replacing, write) => {
      try {
        return await mint.install(account, secret, replacing, write);
      } catch (error) {
        throw Object.assign(error as KeyturnError, { cause: { body: hex(secret.reveal()) } });
      }
    }),
  },
  {
    name: 'shows the secret in its verdict, in base64',
    caughtBy: 'F25: a good secret is yes',
    shape: twoHere,
    mutate: (port) => ({
      ...port,
      async verify(ref, secret, read) {
        const { is } = await port.verify(ref, secret, read);
        return say(is, `tried ${Buffer.from(`user:${secret.reveal()}`).toString('base64')}`);
      },
    }),
  },
];

function hex(text: string): string {
  return Buffer.from(text).toString('hex');
}

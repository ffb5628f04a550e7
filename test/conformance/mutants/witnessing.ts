import type { Mutant } from './mutant.ts';
import { call, onInstall, say, twoHere } from './mutant.ts';

export const witnessingMutants: readonly Mutant[] = [
  {
    name: 'can disable but not enable',
    caughtBy: 'what the system can not do is absent',
    shape: twoHere,
    mutate: (port) => ({ ...port, suspension: { disable: async () => {} } as never }),
  },
  {
    name: 'accepts any secret that has the right shape',
    caughtBy: 'F25: a good secret is yes and a spoiled one is no, so the verifier asks the real system',
    shape: twoHere,
    mutate: (port) => ({ ...port, verify: async () => say('yes') }),
  },
  {
    name: 'lists the credentials of all accounts',
    caughtBy: 'an account without credentials lists none',
    shape: twoHere,
    mutate: (port, { accounts }) => ({
      ...port,
      list: async (_, read) => (await Promise.all([...accounts.keys()].map((each) => port.list(each, read)))).flat(),
    }),
  },
  {
    name: 'names the credential otherwise in its list',
    caughtBy: 'list shows a live credential, under the reference that was handed out',
    shape: twoHere,
    mutate: (port) => ({
      ...port,
      list: async (account, read) =>
        (await port.list(account, read)).map((state) => ({ ...state, ref: { ...state.ref, connection: '' } })),
    }),
  },
  {
    name: 'locks the credential after a wrong secret',
    caughtBy: 'asking changes nothing',
    shape: twoHere,
    mutate: (port) => ({
      ...port,
      async verify(ref, secret, read) {
        const verdict = await port.verify(ref, secret, read);
        if (verdict.is === 'no') await port.suspension?.disable(ref, call());
        return verdict;
      },
    }),
  },
  {
    name: 'says never without a record that lags',
    caughtBy: 'lastUse tells a time, never or unknown, and how far it may lag',
    shape: twoHere,
    mutate: (port) => ({ ...port, lastUse: async () => ({ at: 'never', lagSeconds: 0 }) }),
  },
  {
    name: 'passes preflight without a look',
    caughtBy: 'preflight is yes for an account that can be rotated, and not for one that does not exist',
    shape: twoHere,
    mutate: (port) => ({ ...port, preflight: async () => say('yes') }),
  },
  {
    name: 'makes an account that does not exist',
    caughtBy: 'an account that does not exist has nothing: it lists none or is not found, and takes no new credential',
    shape: twoHere,
    mutate: onInstall((port, { accounts }) => async (account, ...rest) => {
      if (!accounts.has(account)) accounts.set(account, new Map());
      return port.install(account, ...rest);
    }),
  },
  {
    name: 'takes any account name',
    caughtBy: 'a name that means something to a shell, a path, a query or a terminal is refused, and does nothing',
    shape: twoHere,
    mutate: onInstall((port, { accounts }) => async (account, ...rest) => {
      if (account !== 'nobody' && !accounts.has(account)) accounts.set(account, new Map());
      return port.install(account, ...rest);
    }),
  },
];

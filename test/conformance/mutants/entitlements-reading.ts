import { KeyturnError } from '../../../src/contract/errors.ts';
import type { EntitlementMutant } from './right-entitlements.ts';
import { say } from './right-consumer.ts';

/** Ports that break a promise about what is held, or take silence for an answer. */
export const entitlementReadingMutants: readonly EntitlementMutant[] = [
  {
    name: 'has a stub for what it can not do',
    caughtBy: 'what the system can not do is absent',
    mutate: (port) => ({ ...port, preflight: null as never }),
  },
  {
    name: 'lists what everybody has',
    caughtBy: 'an account that was given nothing',
    mutate: (port) => ({
      ...port,
      list: async (...args) => [...(await port.list(...args)), { id: 'public', what: 'everybody may connect' }],
    }),
  },
  {
    name: 'lists the first page alone',
    caughtBy: 'list shows each thing that is held',
    mutate: (port) => ({ ...port, list: async (...args) => (await port.list(...args)).slice(0, 2) }),
  },
  {
    name: 'lists one thing twice',
    caughtBy: 'list shows each thing that is held',
    mutate: (port) => ({
      ...port,
      list: async (...args) => (await port.list(...args)).flatMap((each) => [each, each]),
    }),
  },
  {
    name: 'numbers what it lists',
    caughtBy: 'an id stays the same',
    mutate: (port) => {
      let asked = 0;
      return {
        ...port,
        async list(...args) {
          asked += 1;
          return (await port.list(...args)).map((each) => ({ ...each, id: `${each.id}${asked}` }));
        },
      };
    },
  },
  {
    name: 'tries a removal to see whether it may',
    caughtBy: 'an id stays the same',
    mutate: (port, { accounts }) => ({
      ...port,
      async preflight(account, call) {
        if (!call.signal.aborted) accounts.get(account)?.delete('read');
        return (await port.preflight?.(account, call)) ?? say('no');
      },
    }),
  },
  {
    name: 'says no to everything once something was removed',
    caughtBy: 'I7: prove says no to what is not held',
    mutate: (port) => {
      let removed = false;
      return {
        ...port,
        remove: async (...args) => port.remove(...args).finally(() => (removed = true)),
        prove: async (...args) => (removed && !args[2].signal.aborted ? say('no') : port.prove(...args)),
      };
    },
  },
  {
    name: 'remembers what it removed, and does not look again',
    caughtBy: 'prove looks at the system, now',
    mutate: (port) => {
      const removed = new Set<string>();
      return {
        ...port,
        remove: async (account, id, call) => port.remove(account, id, call).then(() => void removed.add(id)),
        prove: async (account, id, call) => (removed.has(id) ? say('no') : port.prove(account, id, call)),
      };
    },
  },
  {
    name: 'leaves out what it can not remove',
    caughtBy: 'what a person has to hand over',
    mutate: (port) => ({
      ...port,
      list: async (...args) => (await port.list(...args)).filter(({ byHand }) => byHand === undefined),
    }),
  },
  {
    name: 'passes over what it can not remove, as if it were done',
    caughtBy: 'what a person has to hand over',
    mutate: (port) => ({
      ...port,
      remove: async (...args) =>
        port.remove(...args).catch((error: KeyturnError) => {
          if (error.code !== 'conflict') throw error;
        }),
    }),
  },
  {
    name: 'is ready for accounts that do not exist',
    caughtBy: 'preflight is yes for an account',
    mutate: (port) => ({ ...port, preflight: async (_, { signal }) => say(signal.aborted ? 'unknown' : 'yes') }),
  },
  {
    name: 'takes an account that it does not know for one that holds nothing',
    caughtBy: 'F25: an account that does not exist',
    mutate: (port, { accounts }) => ({
      ...port,
      prove: async (account, id, call) =>
        accounts.has(account) ? port.prove(account, id, call) : say('no', 'there is no such account'),
    }),
  },
  {
    name: 'repeats what the remote system said',
    caughtBy: 'F25: an account that does not exist',
    mutate: (port) => ({
      ...port,
      list: async (...args) =>
        port.list(...args).catch(() => Promise.reject(new KeyturnError('not_found', 'FATAL from remote'))),
    }),
  },
  {
    name: 'folds unknown into no',
    caughtBy: 'I7: a proof that could not be made',
    mutate: (port) => ({
      ...port,
      prove: async (...args) => port.prove(...args).then((said) => (said.is === 'unknown' ? say('no') : said)),
    }),
  },
  {
    name: 'lists nothing when it got no answer',
    caughtBy: 'I7: a list that could not be asked',
    mutate: (port) => ({
      ...port,
      list: async (...args) => (args[1].signal.aborted ? [] : port.list(...args)),
    }),
  },
  {
    name: 'trims the name of an account until it knows it',
    caughtBy: 'an account whose name means something',
    mutate: (port, { accounts }) => ({
      ...port,
      list: async (account, call) => port.list(accounts.has(account) ? account : 'orders', call),
    }),
  },
  {
    name: 'proves that what it can not read is gone',
    caughtBy: 'an id that is none of the provider’s',
    mutate: (port) => ({ ...port, prove: async (...args) => port.prove(...args).catch(() => say('no')) }),
  },
];

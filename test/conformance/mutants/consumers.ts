import type { MovedByMachine } from '../../../src/contract/consumers.ts';
import { KeyturnError } from '../../../src/contract/errors.ts';
import { Secret } from '../../../src/contract/secret.ts';
import { placeAt, say, type RightWorkloads } from './right-consumer.ts';

/** A consumer that breaks one promise, and the case that must notice. */
export interface ConsumerMutant {
  /** Completes "a consumer that ...". */
  readonly name: string;
  /** How the name of the case begins that must notice. */
  readonly caughtBy: string;
  readonly mutate: (port: MovedByMachine, workloads: RightWorkloads) => MovedByMachine;
}

const calm = { signal: new AbortController().signal, operation: 'mutant' };

export const consumerMutants: readonly ConsumerMutant[] = [
  {
    name: 'delivers the id in place of the secret',
    caughtBy: 'what was delivered and applied rests there',
    mutate: (port) => ({
      ...port,
      deliver: async (target, { ref, ...rest }, call) =>
        port.deliver(target, { ...rest, ref, secret: new Secret(ref.id) }, call),
    }),
  },
  {
    name: 'keeps the first credential',
    caughtBy: 'a next credential takes the place of the first',
    mutate: (port, workloads) => ({
      ...port,
      async deliver(target, credential, call) {
        if (!placeAt(workloads, target).given) await port.deliver(target, credential, call);
      },
    }),
  },
  {
    name: 'never takes back what was there before',
    caughtBy: 'a next credential takes the place of the first',
    mutate: (port) => {
      const before = new Set<string>();
      return {
        ...port,
        async deliver(target, credential, call) {
          if (!before.has(credential.fingerprint)) await port.deliver(target, credential, call);
          before.add(credential.fingerprint);
        },
      };
    },
  },
  {
    name: 'writes a new version each time',
    caughtBy: 'I6: delivering twice',
    mutate: (port, workloads) => ({
      ...port,
      async deliver(target, credential, call) {
        await port.deliver(target, credential, call);
        placeAt(workloads, target).changes += 1;
      },
    }),
  },
  {
    name: 'takes what was sent for what is running',
    caughtBy: 'F6: what was delivered and not applied',
    mutate: (port, workloads) => ({
      ...port,
      verify: async (target, wanted, { signal }) =>
        say(signal.aborted ? 'unknown' : placeAt(workloads, target).given?.fingerprint === wanted ? 'yes' : 'no'),
    }),
  },
  {
    name: 'trims what it is given',
    caughtBy: 'a secret arrives as it is',
    mutate: (port) => ({
      ...port,
      deliver: async (target, credential, call) =>
        port.deliver(target, { ...credential, secret: new Secret(credential.secret.reveal().trim()) }, call),
    }),
  },
  {
    name: 'has an apply that is no method',
    caughtBy: 'what the workload can not do is absent',
    mutate: (port) => Object.assign({ ...port }, { apply: null }),
  },
  {
    name: 'says yes to whatever begins like a fingerprint',
    caughtBy: 'F25: verify says no to a credential that was never delivered',
    mutate: (port, workloads) => ({
      ...port,
      verify: async (target, wanted, call) =>
        placeAt(workloads, target).running?.fingerprint.startsWith(wanted)
          ? say('yes')
          : port.verify(target, wanted, call),
    }),
  },
  {
    name: 'believes the fingerprint beside the secret',
    caughtBy: 'F25: verify goes by the secret itself',
    mutate: (port, workloads) => ({
      ...port,
      verify: async (target, wanted, { signal }) =>
        say(signal.aborted ? 'unknown' : placeAt(workloads, target).running?.fingerprint === wanted ? 'yes' : 'no'),
    }),
  },
  {
    name: 'reloads the workload when it is asked',
    caughtBy: 'F6: what was delivered and not applied',
    mutate: (port) => ({
      ...port,
      async verify(target, wanted, call) {
        if (!call.signal.aborted) await port.apply?.(target, calm);
        return port.verify(target, wanted, call);
      },
    }),
  },
  {
    name: 'touches the file to see whether it may',
    caughtBy: 'asking changes nothing',
    mutate: (port, workloads) => ({
      ...port,
      async preflight(target, { signal }) {
        if (signal.aborted) return say('unknown');
        placeAt(workloads, target).changes += 1;
        return say('yes');
      },
    }),
  },
  {
    name: 'fails its preflight when all is well',
    caughtBy: 'preflight is yes',
    mutate: (port) => ({ ...port, preflight: async () => say('unknown') }),
  },
  {
    name: 'delivers although it was told to stop',
    caughtBy: 'a delivery that was told to stop',
    mutate: (port) => ({
      ...port,
      async deliver(target, credential, { signal }) {
        await port.deliver(target, credential, calm);
        if (signal.aborted) throw new KeyturnError('unavailable', 'the call was told to stop');
      },
    }),
  },
  {
    name: 'applies although it was told to stop',
    caughtBy: 'an apply that was told to stop',
    mutate: (port) => ({ ...port, apply: async (target) => port.apply?.(target, calm) }),
  },
  {
    name: 'says no when it can not ask',
    caughtBy: 'I7: a question that could not be asked',
    mutate: (port) => ({
      ...port,
      async verify(target, wanted, call) {
        const verdict = await port.verify(target, wanted, call);
        return verdict.is === 'unknown' ? say('no') : verdict;
      },
    }),
  },
  {
    name: 'takes dots in a target for folders',
    caughtBy: 'a target that means something',
    mutate: (port) => ({
      ...port,
      async deliver(target, credential, call) {
        await port.deliver(target, credential, call);
        if (target.includes('..')) await port.deliver('orders', credential, call);
      },
    }),
  },
  {
    name: 'shows the secret in its verdict',
    caughtBy: 'what was delivered and applied rests there',
    mutate: (port, workloads) => ({
      ...port,
      async verify(target, wanted, call) {
        const verdict = await port.verify(target, wanted, call);
        return { ...verdict, because: `it runs on ${placeAt(workloads, target).running?.secret}` };
      },
    }),
  },
  {
    name: 'delivers to the whole team',
    caughtBy: 'a next credential takes the place of the first',
    mutate: (port, workloads) => ({
      ...port,
      async deliver(target, credential, call) {
        for (const each of [...workloads.keys(), target]) await port.deliver(each, credential, call);
      },
    }),
  },
];

import type { CredentialPort } from '../../../src/contract/credentials.ts';
import { KeyturnError } from '../../../src/contract/errors.ts';
import type { Mutant } from './mutant.ts';
import { call, twoHere } from './mutant.ts';

export const retirementMutants: readonly Mutant[] = [
  {
    name: 'is surprised when the revoked is revoked again',
    caughtBy: 'I10: a revoked credential is refused',
    shape: twoHere,
    mutate: (port, { accounts }) => ({
      ...port,
      async revoke(ref, write) {
        if (!accounts.get(ref.account)?.has(ref.id)) throw new KeyturnError('not_found', 'there is no such credential');
        await port.revoke(ref, write);
      },
    }),
  },
  {
    name: 'revokes every credential of the account',
    caughtBy: 'revoke ends the credential that it was handed',
    shape: twoHere,
    mutate: (port, { accounts }) => ({
      ...port,
      async revoke(ref, write) {
        await port.revoke(ref, write);
        accounts.get(ref.account)?.clear();
      },
    }),
  },
  {
    name: 'revokes the credential of a neighbour account as well',
    caughtBy: 'I10: a revoked credential is refused',
    shape: twoHere,
    mutate: (port, { accounts }) => ({
      ...port,
      async revoke(ref, write) {
        await port.revoke(ref, write);
        for (const slots of accounts.values()) slots.clear();
      },
    }),
  },
  {
    name: 'revokes the newest credential, whichever was meant',
    caughtBy: 'the first credential can be revoked as well as the second',
    shape: twoHere,
    mutate: (port, { accounts }) => ({
      ...port,
      async revoke(ref, write) {
        const newest = [...(accounts.get(ref.account)?.keys() ?? [])].at(-1);
        await port.revoke({ ...ref, id: newest ?? ref.id }, write);
      },
    }),
  },
  {
    name: 'does nothing when it is told to disable',
    caughtBy: 'a disabled credential is refused and listed as disabled',
    shape: twoHere,
    mutate: onSuspension(() => ({ disable: async () => {}, enable: async () => {} })),
  },
  {
    name: 'disables every credential of the account',
    caughtBy: 'disable stops the credential that it was handed',
    shape: twoHere,
    mutate: onSuspension((suspension, port) => ({
      ...suspension,
      async disable(ref, write) {
        for (const state of await port.list(ref.account, write)) {
          await suspension.disable(state.ref, write);
        }
      },
    })),
  },
  {
    name: 'keeps what was revoked and brings it back with enable',
    caughtBy: 'a disabled credential can be revoked, and enable does not bring back',
    shape: twoHere,
    mutate: (port, { accounts }) => {
      const bin = new Map<string, { secret: string; status: 'live' | 'disabled' }>();
      return onSuspension((suspension) => ({
        ...suspension,
        async enable(ref, write) {
          const entry = bin.get(ref.id);
          if (entry) accounts.get(ref.account)?.set(ref.id, entry);
          await suspension.enable(ref, write);
        },
      }))(
        {
          ...port,
          async revoke(ref, write) {
            const entry = accounts.get(ref.account)?.get(ref.id);
            if (entry) bin.set(ref.id, entry);
            await port.revoke(ref, write);
          },
        },
        { accounts, sessions: [] },
      );
    },
  },
  {
    name: 'takes revoking for the end of sessions',
    caughtBy: 'F15: endSessions ends what was opened',
    shape: twoHere,
    mutate: (port) => ({ ...port, endSessions: async () => {} }),
  },
  {
    name: 'ends the sessions of everybody',
    caughtBy: 'F15: endSessions ends what was opened',
    shape: twoHere,
    mutate: (port, { sessions }) => ({
      ...port,
      async endSessions() {
        for (const session of sessions) session.alive = false;
      },
    }),
  },
  {
    name: 'goes on disabling after it was told to stop',
    caughtBy: 'a write that was told to stop before it began',
    shape: twoHere,
    mutate: onSuspension((suspension) => ({
      ...suspension,
      async disable(ref, { signal }) {
        await suspension.disable(ref, call());
        if (signal.aborted) throw new KeyturnError('unavailable', 'the call was told to stop');
      },
    })),
  },
];

type Suspension = NonNullable<CredentialPort['suspension']>;

function onSuspension(change: (suspension: Suspension, port: CredentialPort) => Suspension): Mutant['mutate'] {
  return (port) => ({ ...port, suspension: change(port.suspension as Suspension, port) });
}

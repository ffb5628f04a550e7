import { randomBytes } from 'node:crypto';
import type { CredentialPort, CredentialState, MintedHere, MintedThere } from '../../../src/contract/credentials.ts';
import { KeyturnError } from '../../../src/contract/errors.ts';
import type { Read } from '../../../src/contract/call.ts';
import type { CredentialRef } from '../../../src/contract/references.ts';
import { Secret } from '../../../src/contract/secret.ts';
import type { Verdict } from '../../../src/contract/verdict.ts';

interface Entry {
  secret: string;
  status: CredentialState['status'];
}

/** The remote system: credentials by account and id, and the sessions opened with them. */
export interface RightSystem {
  readonly accounts: Map<string, Map<string, Entry>>;
  readonly sessions: { readonly id: string; alive: boolean }[];
}

export interface Shape {
  readonly mint: 'home' | 'provider';
  readonly maxLive: number | null;
}

/**
 * The smallest port that keeps every promise, over a system in memory: what the mutants are made from. With `maxLive` 1 its
 * one slot is named `only`.
 */
export function rightPort(system: RightSystem, { mint, maxLive }: Shape): CredentialPort {
  return {
    maxLive,
    mint: mint === 'home' ? mintedHere(system, maxLive) : mintedThere(system, maxLive),
    list: asked(async (account: string) => {
      const ref = (id: string) => ({ connection: 'memory', account, id });
      return [...slots(system, account)].map(([id, { status }]) => ({ ref: ref(id), status, createdAt: 'unknown' }));
    }),
    async verify({ account, id }, secret, { signal }) {
      if (signal.aborted) return say('unknown', 'the call was told to stop');
      const entry = slots(system, account).get(id);
      const accepted = entry?.status === 'live' && entry.secret === secret.reveal();
      return accepted ? say('yes', 'it was accepted') : say('no', 'it was refused');
    },
    revoke: asked(async ({ account, id }: CredentialRef) => void slots(system, account).delete(id)),
    suspension: { disable: become(system, 'disabled'), enable: become(system, 'live') },
    lastUse: asked(async ({ account, id }: CredentialRef) => {
      if (!slots(system, account).has(id)) throw new KeyturnError('not_found', 'no such credential');
      return { at: 'unknown', lagSeconds: 0 };
    }),
    endSessions: asked(async ({ id }: CredentialRef) => {
      for (const session of system.sessions) if (session.id === id) session.alive = false;
    }),
    async preflight(account, { signal }) {
      if (signal.aborted) return say('unknown', 'the call was told to stop');
      return system.accounts.has(account) ? say('yes', 'the account exists') : say('no', 'there is no such account');
    },
  };
}

function mintedHere(system: RightSystem, maxLive: number | null): MintedHere {
  const find = (account: string, secret: Secret): CredentialRef | undefined => {
    const found = [...slots(system, account)].find(([, entry]) => entry.secret === secret.reveal());
    return found && { connection: 'memory', account, id: found[0] };
  };
  return {
    at: 'home',
    draw,
    install: asked(async (account: string, secret: Secret, replacing: CredentialRef | undefined) => {
      const isStranger = replacing !== undefined && replacing.account !== account;
      if (isStranger) throw new KeyturnError('invalid_request', 'the one in use is of another account');
      return find(account, secret) ?? add(slots(system, account), account, secret, maxLive);
    }),
    find: asked(async (account: string, secret: Secret) => find(account, secret)),
  };
}

function mintedThere(system: RightSystem, maxLive: number | null): MintedThere {
  return {
    at: 'provider',
    issue: asked(async (account: string) => {
      const secret = draw();
      return { ref: add(slots(system, account), account, secret, maxLive), secret };
    }),
  };
}

function draw(): Secret {
  return new Secret(randomBytes(24).toString('base64url'));
}

function add(entries: Map<string, Entry>, account: string, secret: Secret, maxLive: number | null): CredentialRef {
  const isFull = maxLive !== null && maxLive > 1 && entries.size >= maxLive;
  if (isFull) throw new KeyturnError('limit_reached', 'all slots are taken');
  const id = maxLive === 1 ? 'only' : randomBytes(4).toString('hex');
  entries.set(id, { secret: secret.reveal(), status: 'live' });
  return { connection: 'memory', account, id };
}

function become(system: RightSystem, status: Entry['status']) {
  return asked(async ({ account, id }: CredentialRef) => {
    const entry = slots(system, account).get(id);
    if (entry) entry.status = status;
    else if (status === 'live') throw new KeyturnError('not_found', 'no such credential');
  });
}

function slots({ accounts }: RightSystem, account: string): Map<string, Entry> {
  const found = accounts.get(account);
  if (!found) throw new KeyturnError('not_found', 'no such account');
  return found;
}

function say(is: Verdict['is'], because: string): Verdict {
  return { is, because, at: new Date().toISOString() };
}

/** Adds what every method does first: look whether its call, the last argument, was told to stop. */
function asked<Args extends unknown[], Result>(act: (...args: Args) => Promise<Result>) {
  return async (...args: [...Args, Read]): Promise<Result> => {
    const { signal } = args.at(-1) as Read;
    if (signal.aborted) throw new KeyturnError('unavailable', 'the call was told to stop before it began');
    return act(...(args as unknown as Args));
  };
}

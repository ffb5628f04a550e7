import { z } from 'zod';
import type { Read } from '../../src/contract/call.ts';
import type { CredentialPort } from '../../src/contract/credentials.ts';
import { KeyturnError } from '../../src/contract/errors.ts';
import type { Provider, World } from '../../src/contract/provider.ts';
import type { CredentialRef } from '../../src/contract/references.ts';
import { Secret } from '../../src/contract/secret.ts';
import type { Verdict } from '../../src/contract/verdict.ts';
import { exchange, expect, turnstileConnection, type Request, type TurnstileConnection } from './turnstile-client.ts';

/**
 * API keys of a Turnstile user: the account is the user's name, a credential's id the key's id. Turnstile chooses the secret
 * and shows it once, allows two keys for each user, and keeps no sessions, so there is no `endSessions`.
 */
export const provider: Provider<CredentialPort, TurnstileConnection> = {
  kind: 'turnstile-key',
  config: turnstileConnection,
  create(connection, world) {
    const { token } = connection;
    const call = async <Value>(what: Omit<Request, 'as'>, shape: z.ZodType<Value>, how: Read) => {
      const request = { ...what, as: token };
      return expect(request, await exchange(connection, world, request, how), shape);
    };
    const list = async (account: string, how: Read) => {
      const { keys } = await call({ method: 'GET', path: keysOf(account), success: 200 }, keyList, how);
      return keys.map((key) => ({ ref: { connection: world.connection, account, id: key.id }, key }));
    };
    const setEnabled = (ref: CredentialRef, enabled: boolean, how: Read) =>
      call({ method: 'PATCH', path: keyOf(ref), body: { enabled }, success: 200 }, keyState, how).then(() => undefined);
    return {
      maxLive: 2,
      mint: {
        at: 'provider',
        async issue(account, how) {
          const made = await call({ method: 'POST', path: keysOf(account), success: 201 }, created, how);
          return { ref: { connection: world.connection, account, id: made.id }, secret: new Secret(made.secret) };
        },
      },
      async list(account, how) {
        const found = await list(account, how);
        return found.map(({ ref, key }) => ({
          ref,
          status: key.enabled ? 'live' : 'disabled',
          createdAt: key.createdAt,
        }));
      },
      verify: (ref, secret, how) => verify(connection, world, ref, secret, how),
      async revoke(ref, how) {
        await call({ method: 'DELETE', path: keyOf(ref), success: 204 }, z.undefined(), how).catch(unlessGone);
      },
      suspension: {
        disable: (ref, how) => setEnabled(ref, false, how).catch(unlessGone),
        enable: (ref, how) => setEnabled(ref, true, how),
      },
      async lastUse(ref, how) {
        const found = (await list(ref.account, how)).find(({ key }) => key.id === ref.id);
        return { at: found ? (found.key.usedAt ?? 'never') : 'unknown', lagSeconds: 0 };
      },
      async preflight(account, how) {
        const [is, because] = await list(account, how).then(() => mayList, unlessClear);
        return { is, because, at: world.now().toISOString() };
      },
    };
  },
};

const keyState = z.object({
  id: z.string().min(1),
  enabled: z.boolean(),
  createdAt: z.iso.datetime(),
  usedAt: z.iso.datetime().nullable(),
});
const keyList = z.object({ keys: z.array(keyState) });
const created = z.object({ id: z.string().min(1), secret: z.string().min(1) });
const accepted = z.object({ user: z.string(), id: z.string() });
const refused = z.object({ error: z.literal('key-refused') });

/** Tries the key where any holder of it would. Only Turnstile's two clear answers are a yes or a no; all else is unknown. */
async function verify(
  connection: TurnstileConnection,
  world: World,
  ref: CredentialRef,
  secret: Secret,
  how: Read,
): Promise<Verdict> {
  const [is, because] = await tryKey(connection, world, ref, secret, how).catch(unanswered);
  return { is, because, at: world.now().toISOString() };
}

type Sight = readonly [is: Verdict['is'], because: string];

async function tryKey(
  connection: TurnstileConnection,
  world: World,
  { account, id }: CredentialRef,
  secret: Secret,
  how: Read,
): Promise<Sight> {
  const { status, json } = await exchange(connection, world, { method: 'GET', path: 'whoami', as: secret }, how);
  if (status === 401 && refused.safeParse(json).success) return ['no', 'Turnstile refused the key'];
  const seen = accepted.safeParse(json);
  if (status !== 200 || !seen.success) return ['unknown', 'Turnstile gave no answer that can be relied on'];
  if (seen.data.user !== account || seen.data.id !== id) return ['no', 'Turnstile knows it as another key'];
  return ['yes', 'Turnstile accepted the key and named its user'];
}

const mayList: Sight = ['yes', 'Turnstile knows the user, and the connection may manage the keys'];

function unanswered(error: unknown): Sight {
  return ['unknown', error instanceof KeyturnError ? error.message : 'the question ended in an unexpected error'];
}

function unlessClear(error: unknown): Sight {
  if (!(error instanceof KeyturnError) || !['not_found', 'denied'].includes(error.code)) return unanswered(error);
  return ['no', error.message];
}

function unlessGone(error: unknown): void {
  if (!(error instanceof KeyturnError && error.code === 'not_found')) throw error;
}

function keysOf(account: string): string {
  if (/^[a-z][a-z0-9-]{0,39}$/.test(account)) return `users/${account}/keys`;
  throw new KeyturnError('invalid_request', 'account: expected a user of 1 to 40 lower-case letters, digits and -');
}

function keyOf({ account, id }: CredentialRef): string {
  if (/^tk_[0-9a-f]{12}$/.test(id)) return `${keysOf(account)}/${id}`;
  throw new KeyturnError('invalid_request', 'id: expected a key id such as tk_0123456789ab');
}

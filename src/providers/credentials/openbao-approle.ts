import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { CredentialPort } from '../../contract/credentials.ts';
import { KeyturnError } from '../../contract/errors.ts';
import type { Read, Write } from '../../contract/call.ts';
import type { Provider, World } from '../../contract/provider.ts';
import type { CredentialRef } from '../../contract/references.ts';
import { Secret } from '../../contract/secret.ts';
import { observe, type Sight } from '../observe.ts';
import { openbaoConnection, openbaoPath, openOpenBao, type OpenBao } from '../openbao-client.ts';
import { logIn } from '../openbao-login.ts';
import { isReady } from '../openbao-role-readiness.ts';
import { markKey, openSecretIds, type SecretId, type SecretIds } from '../openbao-secret-ids.ts';
import { endToken, findTokens } from '../openbao-tokens.ts';
import type { PathSegments } from '../path-segments.ts';

const config = openbaoConnection.extend({
  mount: openbaoPath.prefault('approle').describe('Where the AppRole method is mounted, below auth/.'),
  endTokens: z
    .boolean()
    .default(true)
    .describe('End the tokens that a secret id has opened. Needs list and sudo on auth/token/accessors.'),
});

/**
 * Secret ids of OpenBao's AppRole method; the account is the role. Any number can be live at once, and none can be suspended.
 *
 * A secret id is drawn here and registered as a custom one. Its metadata carry a mark, `{"keyturn":"<16 hex digits>"}`, which
 * OpenBao copies into every token that it opens. So `id` is the accessor, a dot and the mark; or the accessor alone where
 * somebody else made the secret id without one.
 *
 * Five refused logins in a row lock a role for 15 minutes, for its workloads too. So `verify` looks a secret up before it
 * logs in: an unknown or destroyed one is `no` without a login. A login uses up a secret id with a limited number of uses, so
 * such a one is `unknown`, and preflight refuses a role that makes them.
 *
 * Tokens outlive their secret id. `endSessions` ends those that carry its mark. Tokens of an unmarked secret id can't be told
 * from those of other unmarked ones of the role: while there are any it throws `unavailable`, and they live until their TTL.
 * Batch tokens can't be ended by anybody. https://openbao.org/api-docs/auth/approle/
 */
export const provider: Provider<CredentialPort, z.output<typeof config>> = {
  kind: 'openbao-approle',
  config,
  create({ mount, endTokens, ...connection }, world) {
    const bao = openOpenBao(connection, world);
    const path = ['auth', ...mount];
    const method: Method = { bao, world, path, ids: openSecretIds(bao, path) };
    return {
      maxLive: null,
      outlives: endTokens
        ? 'batch tokens opened before live on until their TTL'
        : 'tokens opened before live on until their TTL, since this connection does not end them',
      mint: {
        at: 'home',
        draw: () => new Secret(randomBytes(32).toString('base64url')),
        install: (account, secret, _replacing, call) => install(method, account, secret, call),
        find: (account, secret, call) => find(method, account, secret, call),
      },
      async list(account, call) {
        await method.ids.role(account, call);
        const found = await method.ids.list(account, call);
        return found.map((id) => ({ ref: refTo(method, account, id), status: 'live', createdAt: id.createdAt }));
      },
      verify: (ref, secret, call) => observe(world, () => authenticates(method, ref, secret, call)),
      revoke: (ref, call) => revoke(method, ref, call),
      ...(endTokens && { endSessions: (ref: CredentialRef, call: Write) => endSessions(method, ref, call) }),
      preflight: (account, call) => observe(world, () => isReady(bao, method.ids, { account, endTokens }, call)),
    };
  },
};

interface Method {
  readonly bao: OpenBao;
  readonly world: World;
  readonly path: PathSegments;
  readonly ids: SecretIds;
}

function refTo(
  { world }: Method,
  account: string,
  { accessor, mark }: Pick<SecretId, 'accessor' | 'mark'>,
): CredentialRef {
  return { connection: world.connection, account, id: mark === undefined ? accessor : `${accessor}.${mark}` };
}

function partsOf({ id }: CredentialRef): { accessor: string; mark: string | undefined } {
  const [, accessor, mark] = /^([\w-]{1,100})(?:\.([0-9a-f]{16}))?$/.exec(id) ?? [];
  if (accessor !== undefined) return { accessor, mark };
  throw new KeyturnError('invalid_request', 'id: expected the accessor of a secret id, as list shows it');
}

async function find(method: Method, account: string, secret: Secret, call: Read): Promise<CredentialRef | undefined> {
  const id = await method.ids.bySecret(account, secret, call);
  return id && refTo(method, account, id);
}

async function install(method: Method, account: string, secret: Secret, call: Write): Promise<CredentialRef> {
  const { ids } = method;
  await ids.role(account, call);
  const before = await find(method, account, secret, call);
  if (before) return before;
  const mark = randomBytes(8).toString('hex');
  return refTo(method, account, { accessor: await ids.register(account, secret, mark, call), mark });
}

async function authenticates(method: Method, ref: CredentialRef, secret: Secret, call: Read): Promise<Sight> {
  const { bao, path, ids } = method;
  const { accessor } = partsOf(ref);
  const id = await ids.bySecret(ref.account, secret, call);
  if (id?.accessor !== accessor) return ['no', 'OpenBao knows no such secret id of the role under this accessor'];
  if (id.uses > 0) return ['unknown', 'a login would use up one of the few that this secret id is good for'];
  return logIn(bao, { path, rolePath: ids.rolePath(ref.account) }, secret, call);
}

async function revoke({ ids }: Method, ref: CredentialRef, call: Write): Promise<void> {
  const { accessor } = partsOf(ref);
  const isThere = await ids
    .role(ref.account, call)
    .then(() => ids.byAccessor(ref.account, accessor, call))
    .catch(unlessAbsent);
  if (isThere) await ids.destroy(ref.account, accessor, call);
}

function unlessAbsent(error: unknown): undefined {
  if (error instanceof KeyturnError && error.code === 'not_found') return undefined;
  throw error;
}

const rounds = 3;

async function endSessions({ bao, path, ids }: Method, ref: CredentialRef, call: Write): Promise<void> {
  const { mark } = partsOf(ref);
  const role = ids.rolePath(ref.account).at(-1);
  const login = [...path, 'login'].join('/');
  for (let round = 0; round < rounds; round += 1) {
    const tokens = await findTokens(
      bao,
      (token) => token.path === login && token.metadata['role_name'] === role && token.metadata[markKey] === mark,
      call,
    );
    if (tokens.length === 0) return;
    if (mark === undefined) throw indistinct(tokens.length);
    for (const accessor of tokens) await endToken(bao, accessor, call);
  }
  throw new KeyturnError('unavailable', 'tokens are opened as fast as they are ended', 'revoke the secret id first');
}

function indistinct(count: number): KeyturnError {
  return new KeyturnError(
    'unavailable',
    `${count} tokens of the role carry no mark, so it can not be told which of them this secret id opened`,
    'they end with their TTL; or revoke them by accessor at OpenBao',
  );
}

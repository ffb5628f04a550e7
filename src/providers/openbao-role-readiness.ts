import { KeyturnError } from '../contract/errors.ts';
import type { Read } from '../contract/call.ts';
import type { Sight } from './observe.ts';
import type { OpenBao } from './openbao-client.ts';
import { checkRights, type Right } from './openbao-rights.ts';
import type { SecretIds } from './openbao-secret-ids.ts';
import type { PathSegments } from './path-segments.ts';

/** Can the secret ids of a role be rotated: does the token have the rights, and is the role of a kind that can be proven? */
export async function isReady(
  bao: OpenBao,
  ids: SecretIds,
  { account, endTokens }: { readonly account: string; readonly endTokens: boolean },
  call: Read,
): Promise<Sight> {
  const rights = [...rightsFor(ids, account), ...(endTokens ? rightsForTokens : [])];
  const allowed = await checkRights(bao, rights, call);
  return allowed[0] === 'yes' ? isFit(ids, account, call) : allowed;
}

function rightsFor({ rolePath }: SecretIds, account: string): Right[] {
  return [
    right('the role', rolePath(account), 'read'),
    right('role-id', rolePath(account, 'role-id'), 'read'),
    right('secret-id', rolePath(account, 'secret-id'), 'list'),
    right('custom-secret-id', rolePath(account, 'custom-secret-id'), 'update'),
    right('secret-id/lookup', rolePath(account, 'secret-id', 'lookup'), 'update'),
    right('secret-id-accessor/lookup', rolePath(account, 'secret-id-accessor', 'lookup'), 'update'),
    right('secret-id-accessor/destroy', rolePath(account, 'secret-id-accessor', 'destroy'), 'update'),
  ];
}

const rightsForTokens = [
  right('auth/token/accessors', ['auth', 'token', 'accessors'], 'list', 'sudo'),
  right('auth/token/lookup-accessor', ['auth', 'token', 'lookup-accessor'], 'update'),
  right('auth/token/revoke-accessor', ['auth', 'token', 'revoke-accessor'], 'update'),
];

function right(name: string, path: PathSegments, ...capabilities: string[]): Right {
  return { name, path, capabilities };
}

async function isFit(ids: SecretIds, account: string, call: Read): Promise<Sight> {
  try {
    const { asksSecretId, uses } = await ids.role(account, call);
    if (!asksSecretId) return ['no', 'the role asks for no secret id, so destroying one would stop nobody'];
    if (uses > 0) return ['no', 'the role makes secret ids for a limited number of logins, which probing would use up'];
    return ['yes', 'the role exists and the token has all rights that this needs'];
  } catch (error) {
    if (!(error instanceof KeyturnError) || error.code !== 'not_found') throw error;
    return ['no', 'OpenBao has no such role'];
  }
}

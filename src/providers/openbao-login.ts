import { z } from 'zod';
import { KeyturnError } from '../contract/errors.ts';
import type { Read } from '../contract/call.ts';
import { Secret } from '../contract/secret.ts';
import type { Sight } from './observe.ts';
import type { OpenBao } from './openbao-client.ts';
import type { PathSegments } from './path-segments.ts';

const openedShape = z.object({
  auth: z.object({ client_token: z.string().min(1), metadata: z.object({ role_name: z.string() }) }),
});

/** OpenBao refuses an address outside of a secret id's range with the same status, so the words have to be these. */
const refusedShape = z.object({ errors: z.tuple([z.literal('invalid role or secret ID')]) });

/**
 * Logs in with a secret id, as the workload does, and ends the token at once. Only OpenBao's own two answers count; all else is
 * `unknown` (F25). https://openbao.org/api-docs/auth/approle/#login-with-approle
 */
export async function logIn(
  bao: OpenBao,
  { path, rolePath }: { readonly path: PathSegments; readonly rolePath: PathSegments },
  secret: Secret,
  call: Read,
): Promise<Sight> {
  const role = await bao.read([...rolePath, 'role-id'], call);
  if (typeof role?.['role_id'] !== 'string') return ['unknown', 'OpenBao does not tell the id of the role'];
  const body = { role_id: role['role_id'], secret_id: secret.reveal() };
  const { status, json } = await bao.postAs(undefined, [...path, 'login'], body, call);
  const opened = openedShape.safeParse(json);
  if (status === 200 && opened.success && opened.data.auth.metadata.role_name === rolePath.at(-1)) {
    await end(bao, new Secret(opened.data.auth.client_token), call);
    return ['yes', 'OpenBao opened a token for it'];
  }
  if (status === 400 && refusedShape.safeParse(json).success) return ['no', 'OpenBao refused the login'];
  return ['unknown', 'OpenBao neither opened a token nor refused the login for the secret id'];
}

/** The verdict stands when this fails; the token then ends with its TTL. */
async function end(bao: OpenBao, token: Secret, call: Read): Promise<void> {
  await bao.postAs(token, ['auth', 'token', 'revoke-self'], {}, call).catch((error: unknown) => {
    if (!(error instanceof KeyturnError)) throw error;
  });
}

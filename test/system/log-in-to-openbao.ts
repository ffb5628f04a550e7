import type { OpenBaoBackend } from '../../src/dev/backends/openbao.ts';

/**
 * Tries a secret id of the demo's AppRole, without Keyturn: the status of the answer. The token that it opens is ended at once: one
 * of the adopted secret id would hold up the rotation, which can't tell whose it is.
 */
export async function logInToOpenBao({ address, token }: OpenBaoBackend, secretId: string): Promise<number> {
  const role = await fetch(`${address}/v1/auth/approle/role/ci/role-id`, { headers: { 'x-vault-token': token } });
  const { data } = (await role.json()) as { data: { role_id: string } };
  const answer = await fetch(`${address}/v1/auth/approle/login`, {
    method: 'POST',
    body: JSON.stringify({ role_id: data.role_id, secret_id: secretId }),
  });
  if (answer.ok) {
    const { auth } = (await answer.json()) as { auth: { client_token: string } };
    const headers = { 'x-vault-token': auth.client_token };
    await fetch(`${address}/v1/auth/token/revoke-self`, { method: 'POST', headers });
  }
  return answer.status;
}

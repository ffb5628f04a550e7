import assert from 'node:assert/strict';
import type { OpenBaoBackend } from '../../src/dev/backends/openbao.ts';

/** What Keyturn has delivered at a path of OpenBao, read with the root token. */
export async function delivered(server: OpenBaoBackend, path: string): Promise<{ readonly password: string }> {
  const answer = await ask(server, `data/${path}`);
  assert.equal(answer.status, 200);
  const { data } = (await answer.json()) as { data: { data: { password: string } } };
  return data.data;
}

/** What OpenBao has in a folder. */
export async function listed(server: OpenBaoBackend, folder: string): Promise<readonly string[]> {
  const answer = await ask(server, `metadata/${folder}?list=true`);
  if (answer.status === 404) return [];
  assert.equal(answer.status, 200);
  const { data } = (await answer.json()) as { data: { keys: string[] } };
  return data.keys;
}

function ask({ address, token }: OpenBaoBackend, path: string): Promise<Response> {
  return fetch(`${address}/v1/secret/${path}`, { headers: { 'x-vault-token': token } });
}

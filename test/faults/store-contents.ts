import assert from 'node:assert/strict';
import type { OpenBaoBackend } from '../../src/dev/backends/openbao.ts';
import type { TemporalAt } from '../../src/dev/ground.ts';
import type { Playground } from '../../src/dev/playground.ts';

/** The secret of the credential that the record calls the current one, read without Keyturn. */
export async function currentSecret({ client, backends }: Playground<TemporalAt>, identity: string): Promise<string> {
  const { current } = await client.record(identity);
  const { data } = await askOpenBao(backends.openbao, 'GET', `secret/data/${current?.secret.ref.path}`);
  return (data as { secret: string }).secret;
}

/** How many secrets the store still has of those that Keyturn put there for this identity. */
export async function recoverable(server: OpenBaoBackend, identity: string): Promise<number> {
  let count = 0;
  const walk = async (folder: string): Promise<void> => {
    const { keys } = (await askOpenBao(server, 'LIST', `secret/metadata/${folder}`)) as { keys: string[] };
    for (const key of keys) {
      if (key.endsWith('/')) await walk(`${folder}${key}`);
      else {
        const { versions } = await askOpenBao(server, 'GET', `secret/metadata/${folder}${key}`);
        for (const { destroyed, deletion_time } of Object.values(versions as Record<string, Version>))
          if (!destroyed && deletion_time === '') count += 1;
      }
    }
  };
  await walk(`keyturn/${identity}/`);
  return count;
}

interface Version {
  readonly destroyed: boolean;
  readonly deletion_time: string;
}

/** Asks OpenBao with its root token. Throws when it refuses. */
export async function askOpenBao(
  { address, token }: OpenBaoBackend,
  method: string,
  path: string,
): Promise<Record<string, unknown>> {
  const answer = await fetch(`${address}/v1/${path}`, { method, headers: { 'x-vault-token': token } });
  assert.ok(answer.ok, `${method} ${path}: ${answer.status}`);
  return ((await answer.json()) as { data: Record<string, unknown> }).data;
}

import type { OpenBaoBackend } from './backends/openbao.ts';

interface Answer {
  readonly auth?: { readonly client_token: string };
  readonly data?: Readonly<Record<string, string>>;
}

/** One request with the root token. Throws where OpenBao does not take it. */
export async function askOpenBao(
  { address, token: root }: OpenBaoBackend,
  path: string,
  body: object,
): Promise<Answer> {
  const answer = await fetch(`${address}/v1/${path}`, {
    method: 'POST',
    headers: { 'x-vault-token': root },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`OpenBao answered ${answer.status} while the demo was set up, at ${path}`);
  const text = await answer.text();
  return text === '' ? {} : (JSON.parse(text) as Answer);
}

/** One line of a policy. */
export function rule(path: string, capabilities: string): string {
  return `path "${path}" { capabilities = [${capabilities}] }`;
}

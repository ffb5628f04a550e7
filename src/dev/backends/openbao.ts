import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { KeyturnError } from '../../contract/errors.ts';
import { BackendProcess } from './backend-process.ts';
import type { DurableBackend, StartOptions } from './backend.ts';
import { openbaoServer, resolveProgram } from './binaries.ts';
import { freePorts } from './free-ports.ts';

/** An OpenBao server. */
export interface OpenBaoBackend extends DurableBackend {
  readonly name: 'openbao';
  /** Base URL of the HTTP API. */
  readonly address: string;
  /** The root token. */
  readonly token: string;
  /** File that the server writes one line to for every request and answer, secrets hashed. */
  readonly auditFile: string;
}

/**
 * Starts an OpenBao server that keeps its data with raft and unseals itself with a key from the folder, so that a killed one comes
 * back by itself. The first start initialises it, mounts key-value version 2 at `secret/` and enables AppRole; later ones find
 * that done. Root token and recovery key lie in the folder, readable by this user only: for development, never for real secrets.
 * https://openbao.org/docs/configuration/seal/static/
 */
export async function startOpenBao({ folder, env = process.env, progress }: StartOptions): Promise<OpenBaoBackend> {
  const command = await resolveProgram(openbaoServer, { env, progress });
  const [port = 0, clusterPort = 0] = await freePorts(2);
  const home = join(folder, 'openbao');
  const address = `http://127.0.0.1:${port}`;
  const config = await writeConfig(home, port, clusterPort);
  const api = new OpenBaoApi(address, join(home, 'init.json'));
  const args = ['server', `-config=${config}`];
  const server = new BackendProcess({ name: 'openbao', command, args, folder, ready: () => api.prepare() });
  await server.start();
  return {
    name: 'openbao',
    address,
    token: await api.rootToken(),
    auditFile: join(home, 'audit.log'),
    get pid() {
      return server.pid;
    },
    stop: () => server.stop(),
    kill: () => server.kill(),
    restart: () => server.restart(),
  };
}

async function writeConfig(home: string, port: number, clusterPort: number): Promise<string> {
  await mkdir(join(home, 'raft'), { recursive: true, mode: 0o700 });
  const key = join(home, 'unseal.key');
  if (!existsSync(key)) await writeFile(key, randomBytes(32).toString('hex'), { mode: 0o600 });
  const [address, cluster] = [`127.0.0.1:${port}`, `127.0.0.1:${clusterPort}`];
  const config = {
    // 1 is the shortest wait before a lone node elects itself: a second, instead of five, at the first start.
    storage: { raft: { path: join(home, 'raft'), node_id: 'keyturn', performance_multiplier: '1' } },
    listener: { tcp: { address, cluster_address: cluster, tls_disable: true } },
    api_addr: `http://${address}`,
    cluster_addr: `http://${cluster}`,
    seal: { static: { current_key_id: 'keyturn', current_key: `file://${key}` } },
    // The API refuses to create audit devices since OpenBao 2.4.
    audit: { file: { file: { description: 'keyturn', options: { file_path: join(home, 'audit.log') } } } },
  };
  await writeFile(join(home, 'config.json'), JSON.stringify(config, null, 2), { mode: 0o600 });
  return join(home, 'config.json');
}

/** What has to be asked of a server before it can be used. */
class OpenBaoApi {
  readonly #address: string;
  readonly #initFile: string;

  constructor(address: string, initFile: string) {
    this.#address = address;
    this.#initFile = initFile;
  }

  async rootToken(): Promise<string> {
    return (JSON.parse(await readFile(this.#initFile, 'utf8')) as { root_token: string }).root_token;
  }

  /** Rejects until the server is initialised, unsealed, active and has its mounts. https://openbao.org/api-docs/system/health/ */
  async prepare(): Promise<void> {
    const { status } = await this.#call('GET', 'sys/health');
    if (status === 501) await this.#initialise();
    if (status !== 200) throw new Error('not active yet');
    if (!existsSync(this.#initFile)) {
      throw new KeyturnError(
        'invalid_request',
        'openbao was initialised but its root token is gone',
        'use a new data folder',
      );
    }
    await this.#ensure('sys/mounts', 'secret', { type: 'kv', options: { version: '2' } });
    await this.#ensure('sys/auth', 'approle', { type: 'approle' });
    // A new key-value mount refuses writes for a moment, until it is upgraded to version 2.
    await this.#expect('GET', 'secret/config');
  }

  async #initialise(): Promise<void> {
    const shares = { recovery_shares: 1, recovery_threshold: 1 };
    const answer = await this.#call('PUT', 'sys/init', shares);
    if (!answer.ok) throw new Error('not initialised');
    await writeFile(this.#initFile, await answer.text(), { mode: 0o600 });
  }

  async #ensure(kind: string, path: string, settings: object): Promise<void> {
    const mounts = (await (await this.#expect('GET', kind)).json()) as { data: Record<string, unknown> };
    if (mounts.data[`${path}/`] === undefined) await this.#expect('POST', `${kind}/${path}`, settings);
  }

  async #expect(method: string, path: string, body?: object): Promise<Response> {
    const answer = await this.#call(method, path, body, await this.rootToken());
    if (!answer.ok) throw new Error(`${method} ${path} was refused`);
    return answer;
  }

  async #call(method: string, path: string, body?: object, token?: string): Promise<Response> {
    return fetch(`${this.#address}/v1/${path}`, {
      method,
      headers: token === undefined ? {} : { 'X-Vault-Token': token },
      signal: AbortSignal.timeout(30_000),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }
}

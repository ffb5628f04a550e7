import { setTimeout as sleep } from 'node:timers/promises';
import { Secret } from '../../src/contract/secret.ts';
import { startEmbedded } from '../../src/dev/backends/embedded.ts';
import { hostileWords, startHostileProxy } from '../fakes/hostile-proxy.ts';
import { faultsByName, writeHeader } from '../fakes/http-faults.ts';

/** A real OpenBao, and what tests do to it as its administrator. */
export interface OpenBaoFixture {
  readonly address: string;
  readonly token: Secret;
  /** One request with the root token; the answer's JSON, whatever its status. */
  admin(method: string, path: string, body?: object, headers?: Record<string, string>): Promise<Answer>;
  /** A way to the same server that can be made to fail, and the fetch that goes with it. */
  hostileWay(): Promise<HostileWay>;
  stop(): Promise<void>;
}

export interface Answer {
  readonly status: number;
  // oxlint-disable-next-line no-explicit-any
  readonly json: any;
}

export interface HostileWay {
  readonly address: string;
  readonly fetch: typeof globalThis.fetch;
  disturb(fault: string | undefined): Promise<void>;
  close(): Promise<void>;
}

/** Words of OpenBao's own answers and of the proxy's pages. */
export const remoteWords = [hostileWords, 'errors:', 'check-and-set', 'invalid role or secret ID', 'permission denied'];

export async function startFixture(): Promise<OpenBaoFixture> {
  const { openbao, stop } = await startEmbedded(['openbao']);
  const { address, token } = openbao;
  return {
    address,
    token: new Secret(token),
    stop,
    async admin(method, path, body, headers = {}) {
      const response = await fetch(`${address}/v1/${path}`, {
        method,
        headers: { 'x-vault-token': token, ...headers },
        ...(body && { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      return { status: response.status, json: text === '' ? {} : JSON.parse(text) };
    },
    hostileWay: () => startHostileWay(address),
  };
}

async function startHostileWay(address: string): Promise<HostileWay> {
  const { hostname, port } = new URL(address);
  const proxy = await startHostileProxy({ host: hostname, port: Number(port) });
  return {
    address: `http://${proxy.host}:${proxy.port}`,
    // A lookup is a POST as well, so writes are marked for the proxy by their paths.
    fetch: (input, init) => {
      const isWrite = /\/(data|metadata|custom-secret-id|destroy)(\/|$)/.test(String(input)) && init?.method !== 'GET';
      const headers = { ...(init?.headers as Record<string, string>), ...(isWrite && { [writeHeader]: '1' }) };
      return fetch(input, { ...init, headers });
    },
    async disturb(fault) {
      await proxy.meet(fault === undefined ? undefined : faultsByName[fault]);
      // Until the client has seen that its idle connections were broken.
      await sleep(20);
    },
    close: () => proxy.close(),
  };
}

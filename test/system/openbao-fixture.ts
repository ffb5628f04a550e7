import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Secret } from '../../src/contract/secret.ts';
import { startEmbedded } from '../../src/dev/backends/embedded.ts';
import type { OpenBaoBackend } from '../../src/dev/backends/openbao.ts';
import { hostileWords, startHostileProxy } from '../fakes/hostile-proxy.ts';
import { faultsByName, markingWrites } from '../fakes/http-faults.ts';

/** A real OpenBao, and what tests do to it as its administrator. */
export interface OpenBaoFixture {
  readonly address: string;
  readonly token: Secret;
  /** One request with the root token, unless headers say otherwise; the answer's JSON, whatever its status. */
  readonly admin: (method: string, path: string, body?: object, headers?: Record<string, string>) => Promise<Answer>;
  /** A token that may do no more than this policy says. */
  readonly tokenFor: (policy: string) => Promise<Secret>;
  /** A way to the same server that can be made to fail, and the fetch that goes with it. */
  readonly hostileWay: () => Promise<HostileWay>;
  readonly stop: () => Promise<void>;
}

export interface Answer {
  readonly status: number;
  // oxlint-disable-next-line no-explicit-any
  readonly json: any;
}

export interface HostileWay {
  readonly address: string;
  readonly fetch: typeof globalThis.fetch;
  readonly disturb: (fault: string | undefined) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** The least that the providers need, each at its place. */
export const policies = {
  store: `
    path "secret/data/keyturn/*" { capabilities = ["create", "read", "update"] }
    path "secret/metadata/keyturn/*" { capabilities = ["create", "read", "update", "delete"] }
    path "secret/data/apps/*" { capabilities = ["read"] }`,
  consumer: 'path "secret/data/team/*" { capabilities = ["create", "read", "update"] }',
  approle: `
    path "auth/approle/role/+" { capabilities = ["read"] }
    path "auth/approle/role/+/role-id" { capabilities = ["read"] }
    path "auth/approle/role/+/secret-id" { capabilities = ["list"] }
    path "auth/approle/role/+/custom-secret-id" { capabilities = ["update"] }
    path "auth/approle/role/+/secret-id/lookup" { capabilities = ["update"] }
    path "auth/approle/role/+/secret-id-accessor/lookup" { capabilities = ["update"] }
    path "auth/approle/role/+/secret-id-accessor/destroy" { capabilities = ["update"] }
    path "auth/token/accessors" { capabilities = ["list", "sudo"] }
    path "auth/token/lookup-accessor" { capabilities = ["update"] }
    path "auth/token/revoke-accessor" { capabilities = ["update"] }`,
  pki: `
    path "pki/roles/web" { capabilities = ["read"] }
    path "pki/sign/web" { capabilities = ["update"] }
    path "pki/certs/detailed" { capabilities = ["list"] }
    path "pki/revoke" { capabilities = ["update"] }`,
};

/** Words of OpenBao's own answers and of the proxy's pages. */
export const remoteWords = [hostileWords, 'errors:', 'check-and-set', 'invalid role or secret ID', 'permission denied'];

export async function startFixture(): Promise<OpenBaoFixture> {
  const embedded = await startEmbedded(['openbao']);
  return { ...administer(embedded.openbao), stop: () => embedded.stop() };
}

/** The same of one that runs already. */
export function administer({
  address,
  token,
}: Pick<OpenBaoBackend, 'address' | 'token'>): Omit<OpenBaoFixture, 'stop'> {
  const admin: OpenBaoFixture['admin'] = async (method, path, body, headers = {}) => {
    const response = await fetch(`${address}/v1/${path}`, {
      method,
      headers: { 'x-vault-token': token, ...headers },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, json: text === '' ? {} : JSON.parse(text) };
  };
  return {
    address,
    token: new Secret(token),
    admin,
    async tokenFor(policy) {
      const name = `test-${randomUUID()}`;
      await admin('PUT', `sys/policies/acl/${name}`, { policy });
      const { json } = await admin('POST', 'auth/token/create', { policies: [name], no_default_policy: false });
      return new Secret(json.auth.client_token);
    },
    hostileWay: () => startHostileWay(address),
  };
}

/** A lookup is a POST as well, so writes are known by their paths. */
const writes = /\/(data|metadata|custom-secret-id|destroy|sign|revoke|revoke-cert|finalize)(\/|$)/;

async function startHostileWay(address: string): Promise<HostileWay> {
  const { hostname, port } = new URL(address);
  const proxy = await startHostileProxy({ host: hostname, port: Number(port) });
  return {
    address: `http://${proxy.host}:${proxy.port}`,
    fetch: markingWrites((method, url) => method !== 'GET' && writes.test(url)),
    async disturb(fault) {
      await proxy.meet(fault === undefined ? undefined : faultsByName[fault]);
      // Until the client has seen that its idle connections were broken.
      await sleep(20);
    },
    close: () => proxy.close(),
  };
}

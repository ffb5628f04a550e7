import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { provider } from '../../examples/provider/turnstile-key.ts';
import { startTurnstile, type Turnstile } from '../../examples/provider/turnstile-server.ts';
import { loadConfig } from '../../src/config.ts';
import { Secret } from '../../src/contract/secret.ts';
import { loadProviders } from '../../src/providers/registry.ts';
import { describeCredentialPort, type CredentialSystem } from '../conformance/credentials.ts';
import { describeHostileCredentialPort } from '../conformance/hostile-credentials.ts';
import { hostileWords, httpFaults, startHostileProxy, type Fault } from '../fakes/hostile-proxy.ts';
import { worldOf } from '../fakes/world.ts';

const faults: Readonly<Record<string, Fault>> = {
  ...httpFaults,
  'nobody listens': { kind: 'refuse' },
  'the connection is reset': { kind: 'reset' },
  'the answer is lost': { kind: 'lose-reply' },
  'answers come too late': { kind: 'delay', milliseconds: 5_000 },
};

describeCredentialPort({ name: provider.kind, open });
describeHostileCredentialPort({
  name: provider.kind,
  open: openBehindProxy,
  faults: Object.keys(faults).map((name) => ({ name, hits: 'everything' })),
});

describe('a provider of one’s own beside the built-in ones', () => {
  const path = fileURLToPath(new URL('../../examples/provider/keyturn.worker.yaml', import.meta.url));
  const env = { KEYTURN_FINGERPRINT_KEY: 'f'.repeat(32), KEYTURN_BAO_TOKEN: 'bao', TURNSTILE_TOKEN: 'turnstile' };

  test('is made from the file of the example, when it is handed to the worker', async () => {
    const known = await loadProviders();
    const { ports } = await loadConfig(path, env, { ...known, credentials: [...known.credentials, provider] });
    assert.equal(ports.credentials.get('turnstile')?.maxLive, 2);
  });

  test('is unknown to a worker that was not given it', async () => {
    await assert.rejects(loadConfig(path, env, await loadProviders()), /a provider that this worker has/);
  });
});

async function open(): Promise<CredentialSystem> {
  const turnstile = await startTurnstile();
  return systemAt(turnstile, turnstile.url, 10_000);
}

async function openBehindProxy() {
  const turnstile = await startTurnstile();
  const { hostname, port } = new URL(turnstile.url);
  const proxy = await startHostileProxy({ host: hostname, port: Number(port) });
  return {
    ...systemAt(turnstile, `http://127.0.0.1:${proxy.port}`, 300),
    async disturb(name: string | undefined) {
      await proxy.meet(name === undefined ? undefined : faults[name]);
      // Until the client has seen that its idle connections were broken.
      await sleep(20);
    },
    async close() {
      await proxy.close();
      await turnstile.close();
    },
  };
}

function systemAt(turnstile: Turnstile, url: string, timeoutMs: number): CredentialSystem {
  for (const user of ['orders', 'bystander']) turnstile.addUser(user);
  const token = new Secret(turnstile.adminToken);
  return {
    port: provider.create({ url, token, timeoutMs }, worldOf('turnstile')),
    account: 'orders',
    neighbour: 'bystander',
    absent: 'nobody',
    secrets: [token],
    remoteWords: [hostileWords, 'not-an-administrator', 'no-such', 'too-many-keys', 'key-refused', 'ECONN'],
    close: () => turnstile.close(),
  };
}

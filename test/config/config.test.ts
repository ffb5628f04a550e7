import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, test } from 'node:test';
import { inspect } from 'node:util';
import { loadClientConfig, loadConfig } from '../../src/config.ts';
import { KeyturnError } from '../../src/contract/errors.ts';
import type { Secret } from '../../src/contract/secret.ts';
import { Folder, recordingProviders } from './config-file.ts';
import { malformed } from './malformed-configs.ts';

const canary = 'canary-secret-0123456789-0123456789-0123';
const codecKey = randomBytes(32).toString('base64');
const env = {
  FINGERPRINT: canary,
  PASSWORD: canary,
  CODEC: codecKey,
  EMPTY: '',
  TEMPORAL_ADDRESS: 'temporal.test:7233',
};

const base = {
  temporal: '{}',
  fingerprintKey: '{ env: FINGERPRINT }',
  store: '{ provider: memory }',
  credentials: '{ orders-db: { provider: database, host: db, password: { env: PASSWORD } } }',
  consumers: '{ orders-api: { provider: file, file: /etc/orders } }',
};

function yaml(change: Record<string, string | undefined> = {}): string {
  return Object.entries({ ...base, ...change })
    .flatMap(([key, value]) => (value === undefined ? [] : [`${key}: ${value}`]))
    .join('\n');
}

describe('a good configuration', () => {
  test('becomes ports, each made once with its own name and its secrets in place', async () => {
    await using folder = await Folder.create();
    await folder.write('ca', 'ca-secret\n');
    const credentials =
      '{ orders-db: { provider: database, host: db, password: { env: PASSWORD }, tls: { ca: { file: ca } } } }';
    const path = await folder.write('keyturn.worker.yaml', yaml({ credentials }));
    const providers = recordingProviders();
    const { ports, temporal, fingerprintKey } = await loadConfig(path, env, providers);
    assert.deepEqual([...ports.credentials.keys(), ...ports.consumers.keys()], ['orders-db', 'orders-api']);
    assert.deepEqual(providers.made.map(({ connection }) => connection).sort(), ['orders-api', 'orders-db', 'store']);
    const database = providers.made.find(({ kind }) => kind === 'database');
    const { password, tls } = (database ?? assert.fail()).config as { password: Secret; tls: { ca: Secret } };
    assert.deepEqual([password.reveal(), tls.ca.reveal(), fingerprintKey.reveal()], [canary, 'ca-secret', canary]);
    assert.deepEqual([temporal.connectionOptions.address, temporal.namespace], ['temporal.test:7233', 'default']);
  });

  test('has entitlement connections where they are listed, and none otherwise', async () => {
    await using folder = await Folder.create();
    const entitlements = '{ rights: { provider: grants, system: db } }';
    for (const [change, names] of [
      [{ entitlements }, ['rights']],
      [{}, []],
    ] as const) {
      const path = await folder.write('keyturn.worker.yaml', yaml(change));
      const { ports } = await loadConfig(path, env, recordingProviders());
      assert.deepEqual([...ports.entitlements.keys()], names);
    }
  });

  test('prints no secret', async () => {
    await using folder = await Folder.create();
    const codec = '{ current: k1, keys: { k1: { env: CODEC } } }';
    const notify = `{ webhook: "https://hooks.test/${canary}" }`;
    const path = await folder.write('keyturn.worker.yaml', yaml({ codec, notify, http: '{ port: 0 }' }));
    const config = await loadConfig(path, env, recordingProviders());
    const printed = inspect(config, { depth: null });
    assert.ok(!printed.includes(canary) && !printed.includes(codecKey), printed);
    assert.deepEqual([config.http, config.codec?.current], [{ port: 0, host: '127.0.0.1' }, 'k1']);
    assert.equal(config.notify?.webhook.reveal(), `https://hooks.test/${canary}`);
  });

  test('may name a connection `file`: only a scalar makes it a reference to a secret', async () => {
    await using folder = await Folder.create();
    const path = await folder.write(
      'keyturn.worker.yaml',
      yaml({ consumers: '{ file: { provider: file, file: /etc/orders } }' }),
    );
    const { ports } = await loadConfig(path, env, recordingProviders());
    assert.deepEqual([...ports.consumers.keys()], ['file']);
  });

  test('gives a client its codec and touches no other secret', async () => {
    await using folder = await Folder.create();
    const codec = '{ current: k1, keys: { k1: { env: CODEC } } }';
    const path = await folder.write('keyturn.worker.yaml', yaml({ codec, temporal: '{ profile: prod }' }));
    const { profile, codec: ring } = await loadClientConfig(path, { CODEC: codecKey });
    assert.deepEqual([profile, ring?.current, [...(ring?.keys.keys() ?? [])]], ['prod', 'k1', ['k1']]);
  });
});

describe('a malformed configuration names the field and what is expected there, and shows no secret', () => {
  for (const [title, change, expected] of malformed) {
    test(title, async () => {
      await using folder = await Folder.create();
      await folder.write('open', canary, 0o644);
      await folder.write('short', 'canary');
      const path = await folder.write('keyturn.worker.yaml', yaml(change));
      await assert.rejects(loadConfig(path, env, recordingProviders()), (error: unknown) => {
        assert.ok(error instanceof KeyturnError, inspect(error));
        assert.equal(error.code, 'invalid_request');
        assert.match(error.message, expected);
        assert.match(error.message, /\n {2}\d+:\d+ /);
        assert.ok(!`${error.message}${error.hint}`.includes('canary'), error.message);
        return true;
      });
    });
  }

  test('all problems are told at once, each once, with their places', async () => {
    await using folder = await Folder.create();
    const change = {
      fingerprintKey: '{ env: NOWHERE }',
      store: '{ provider: valt }',
      credentials: '{ a: { provider: cloud }, b: { provider: database, host: 5, password: { env: GONE } } }',
      http: '{ port: high }',
    };
    const path = await folder.write('keyturn.worker.yaml', yaml(change));
    const error: unknown = await loadConfig(path, env, recordingProviders()).catch((thrown: unknown) => thrown);
    assert.ok(error instanceof KeyturnError);
    const paths = error.message
      .split('\n')
      .slice(1)
      .map((line) => /^ {2}(\d+):\d+ ([^:]+):/.exec(line)?.slice(1).join(' ') ?? '');
    assert.match(error.message, /^6 problems in /);
    assert.deepEqual(paths.toSorted(), [
      '2 fingerprintKey',
      '3 store.provider',
      '4 credentials.a.region',
      '4 credentials.b.host',
      '4 credentials.b.password',
      '6 http.port',
    ]);
  });

  test('a file that is not there is `not_found`, and an unknown Temporal profile is told without its file', async () => {
    await using folder = await Folder.create();
    const missing = loadConfig(`${folder.path}/none.yaml`, env, recordingProviders());
    await assert.rejects(missing, (error: unknown) => error instanceof KeyturnError && error.code === 'not_found');
    const path = await folder.write('keyturn.worker.yaml', yaml({ temporal: '{ profile: nowhere }' }));
    await assert.rejects(loadConfig(path, env, recordingProviders()), /no usable profile "nowhere"/);
  });
});

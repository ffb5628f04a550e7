import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { loadConfig } from '../../src/config.ts';
import { loadProviders } from '../../src/providers/registry.ts';
import { repository } from './compose-file.ts';

const folder = new URL('deploy/kubernetes/', repository);
const read = (path: string): string => readFileSync(new URL(path, folder), 'utf8');
const text = read('base/deployment.yaml');
const deployment = parse(text) as Deployment;
const pod = deployment.spec.template.spec;

/** As much of a Deployment as is looked at here. Whether it is a valid one, a real API server says in test/system. */
interface Deployment {
  readonly spec: {
    readonly replicas: number;
    readonly template: {
      readonly spec: {
        readonly automountServiceAccountToken: boolean;
        readonly securityContext: object;
        readonly terminationGracePeriodSeconds: number;
        readonly containers: readonly [Container];
        readonly volumes: readonly { readonly configMap?: { readonly name: string } }[];
      };
    };
  };
}

interface Container {
  readonly env: readonly { readonly name: string; readonly value: string }[];
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
  readonly securityContext: object;
  readonly startupProbe: Probe;
  readonly readinessProbe: Probe;
  readonly livenessProbe: Probe;
}

interface Probe {
  readonly httpGet: { readonly path: string; readonly port: string };
}

interface Kustomization {
  readonly resources: readonly string[];
  readonly nameSuffix?: string;
  readonly labels?: readonly { readonly pairs: Readonly<Record<string, string>>; readonly includeSelectors: boolean }[];
  readonly images?: readonly { readonly name: string; readonly newTag: string }[];
}

describe('deploy/kubernetes', () => {
  test('workers are several, none of them root, with nothing to write to and no token of the API', () => {
    const [container] = pod.containers;
    assert.ok(deployment.spec.replicas >= 2);
    assert.equal(pod.automountServiceAccountToken, false);
    assert.match(read('base/service-account.yaml'), /^automountServiceAccountToken: false$/m);
    assert.deepEqual(pod.securityContext, {
      runAsNonRoot: true,
      runAsUser: 1000,
      runAsGroup: 1000,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    assert.deepEqual(container.securityContext, {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    assert.ok(pod.terminationGracePeriodSeconds > 20, 'running activities are given 20 seconds');
  });

  test('the worker takes its configuration, with secrets from the environment alone, and is probed where it listens', async () => {
    const secrets = { KEYTURN_FINGERPRINT_KEY: 'x'.repeat(32), KEYTURN_CODEC_KEY: Buffer.alloc(32).toString('base64') };
    const env = { ...secrets, KEYTURN_BAO_TOKEN: 'token', KEYTURN_POSTGRES_PASSWORD: 'password' };
    const path = fileURLToPath(new URL('base/keyturn.worker.yaml', folder));
    const { http } = await loadConfig(path, env, await loadProviders());
    assert.equal(http?.host, '0.0.0.0');
    const { ports, startupProbe, readinessProbe, livenessProbe, env: given } = pod.containers[0];
    assert.deepEqual(ports, [{ name: 'http', containerPort: http.port }]);
    for (const { httpGet } of [startupProbe, readinessProbe, livenessProbe]) {
      assert.deepEqual(httpGet, { path: '/healthz', port: 'http' });
    }
    assert.equal(given.find(({ name }) => name === 'KEYTURN_CONFIG')?.value, '/etc/keyturn/keyturn.worker.yaml');
    assert.ok(given.every(({ name, value }) => value !== undefined && !/PASSWORD|TOKEN|KEY$/.test(name)));
    assert.deepEqual(pod.volumes[0]?.configMap, { name: 'keyturn-worker' });
    assert.match(read('base/kustomization.yaml'), /- name: keyturn-worker\n\s+files: \[keyturn.worker.yaml\]/);
  });

  test('the base names every file in its folder', () => {
    const { resources } = parse(read('base/kustomization.yaml')) as Kustomization;
    const files = readdirSync(new URL('base/', folder));
    const others = ['kustomization.yaml', 'keyturn.worker.yaml'];
    assert.deepEqual(resources.toSorted(), files.filter((name) => !others.includes(name)).toSorted());
  });

  test('versions stand side by side: names, selectors and images of each are its own', () => {
    const { resources } = parse(read('overlays/rollout/kustomization.yaml')) as Kustomization;
    assert.ok(resources.length >= 2);
    for (const name of resources) {
      const { nameSuffix, labels, images } = parse(
        read(`overlays/rollout/${name}/kustomization.yaml`),
      ) as Kustomization;
      const version = name.replace(/^v/, '');
      assert.equal(nameSuffix, `-${version.replaceAll('.', '-')}`);
      assert.deepEqual(labels, [{ pairs: { 'app.kubernetes.io/version': version }, includeSelectors: true }]);
      assert.deepEqual(
        images?.map(({ newTag }) => newTag),
        [version],
      );
    }
  });

  test('no manifest promotes its build: a restarted pod of an old version would take new operations back', () => {
    assert.match(text, /args: \[worker\]/);
    for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      if (name.endsWith('.yaml')) assert.doesNotMatch(read(name), /--promote/, name);
    }
  });
});

import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { repository } from '../deploy/compose-file.ts';
import { kubePrograms, startKubeApi, type KubeApi } from './kube-api-server.ts';

const programs = kubePrograms(process.env);
const skip = typeof programs === 'string' && programs;
const apply = ['apply', '--dry-run=server', '--validate=strict', '-f', '-'];

describe('deploy/kubernetes, asked of a real API server', { skip }, () => {
  let [folder, manifests] = ['', ''];
  let api: KubeApi;
  before(async () => {
    assert.ok(typeof programs !== 'string');
    folder = await mkdtemp(join(tmpdir(), 'keyturn-test-'));
    api = await startKubeApi(folder, programs);
    await api.kubectl(['create', 'namespace', 'keyturn']);
    await api.kubectl(['label', 'namespace', 'keyturn', 'pod-security.kubernetes.io/warn=restricted']);
    const overlay = fileURLToPath(new URL('deploy/kubernetes/overlays/rollout', repository));
    manifests = (await api.kubectl(['kustomize', overlay])).stdout;
  });
  after(async () => {
    await api?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  test('the overlay with two versions is taken whole, and no pod of it breaks the standard "restricted"', async () => {
    const { stdout, stderr } = await api.kubectl(apply, manifests);
    assert.equal(stderr, '');
    assert.deepEqual(
      stdout.match(/^\w+(?=[./])/gm)?.toSorted(),
      ['configmap', 'deployment', 'networkpolicy', 'poddisruptionbudget', 'serviceaccount'].flatMap((kind) => [
        kind,
        kind,
      ]),
    );
  });

  test('what is wrong would be said: a field that does not exist, and a pod that may be root', async () => {
    await assert.rejects(
      api.kubectl(apply, manifests.replace('replicas:', 'replica:')),
      /unknown field "spec.replica"/,
    );
    const { stderr } = await api.kubectl(apply, manifests.replace('runAsNonRoot: true', 'runAsNonRoot: false'));
    assert.match(stderr, /would violate PodSecurity "restricted/);
  });
});

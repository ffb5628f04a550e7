import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, openSync } from 'node:fs';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { cacheFolder } from '../../src/dev/backends/cache-folder.ts';
import { freePorts } from '../../src/dev/backends/free-ports.ts';
import { findOnPath } from '../../src/dev/backends/path-lookup.ts';
import { guardProcess } from '../../src/dev/backends/process-guard.ts';

const version = '1.36.3';
const programs = {
  'kube-apiserver': 'KEYTURN_KUBE_APISERVER',
  etcd: 'KEYTURN_ETCD',
  kubectl: 'KEYTURN_KUBECTL',
} as const;
type Program = keyof typeof programs;

/** The programs of a Kubernetes API server, each from its variable, PATH or the cache folder; or in a sentence what is missing. */
export function kubePrograms(env: NodeJS.ProcessEnv): Record<Program, string> | string {
  const found: Partial<Record<Program, string>> = {};
  for (const [name, variable] of Object.entries(programs) as [Program, string][]) {
    const cached = join(cacheFolder(env), `kubernetes-${version}`, name);
    const path = [env[variable], ...findOnPath(name, env), cached].find((each) => each && existsSync(each));
    if (path === undefined) return `there is no ${name}: install it, and name the program in ${variable}`;
    found[name] = path;
  }
  return found as Record<Program, string>;
}

export interface KubeApi {
  /** Runs kubectl against the server; `input` is what it reads. Rejects when kubectl fails. */
  kubectl(args: readonly string[], input?: string): Promise<{ stdout: string; stderr: string }>;
  stop(): Promise<void>;
}

/** Starts etcd and a Kubernetes API server without nodes in this folder: what it takes is checked, and nothing is run. */
export async function startKubeApi(folder: string, found: Record<Program, string>): Promise<KubeApi> {
  const [port, etcdPort, peerPort] = await freePorts(3);
  const token = randomBytes(24).toString('hex');
  const children: ChildProcess[] = [];
  const start = (name: Program, args: readonly string[]): void => {
    const log = openSync(join(folder, `${name}.log`), 'a');
    const child = spawn(found[name], args, { cwd: folder, stdio: ['ignore', log, log] });
    child.once('exit', guardProcess(child.pid ?? 0));
    children.push(child);
  };
  const etcd = `http://127.0.0.1:${etcdPort}`;
  const urls = [`--listen-client-urls=${etcd}`, `--advertise-client-urls=${etcd}`];
  start('etcd', [...urls, `--listen-peer-urls=http://127.0.0.1:${peerPort}`, '--data-dir=etcd', '--unsafe-no-fsync']);
  await writeKeys(folder, token);
  start('kube-apiserver', [`--etcd-servers=${etcd}`, `--secure-port=${port}`, ...settings(port!)]);
  // kubectl takes the token from a file: in an argument everybody on this machine could read it.
  await writeFile(join(folder, 'kubeconfig'), kubeconfig(port!, token), { mode: 0o600 });
  const kubectl = async (args: readonly string[], input = ''): Promise<{ stdout: string; stderr: string }> => {
    const running = promisify(execFile)(found.kubectl, ['--kubeconfig', join(folder, 'kubeconfig'), ...args]);
    running.child.stdin?.end(input);
    return running;
  };
  const stop = async (): Promise<void> => {
    for (const child of children.toReversed()) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  };
  for (let tries = 0; ; tries += 1) {
    const ready = await kubectl(['get', '--raw', '/readyz']).catch((error: unknown) => error as Error);
    if (!(ready instanceof Error)) return { kubectl, stop };
    if (tries > 120) return stop().then(() => Promise.reject(ready));
    await sleep(500);
  }
}

function settings(port: number): string[] {
  const accounts = ['--service-account-key-file=sa.pub', '--service-account-signing-key-file=sa.key'];
  const network = [
    '--bind-address=127.0.0.1',
    '--advertise-address=127.0.0.1',
    '--service-cluster-ip-range=10.0.0.0/24',
  ];
  const access = ['--authorization-mode=RBAC', '--token-auth-file=tokens.csv', '--cert-dir=certs'];
  const issuer = [`--service-account-issuer=https://127.0.0.1:${port}`, '--endpoint-reconciler-type=none'];
  return [...accounts, ...network, ...access, ...issuer];
}

async function writeKeys(folder: string, token: string): Promise<void> {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  await writeFile(join(folder, 'sa.pub'), publicKey.export({ type: 'spki', format: 'pem' }));
  await writeFile(join(folder, 'sa.key'), privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  await writeFile(join(folder, 'tokens.csv'), `${token},admin,1,system:masters\n`, { mode: 0o600 });
}

function kubeconfig(port: number, token: string): string {
  const cluster = { server: `https://127.0.0.1:${port}`, 'insecure-skip-tls-verify': true };
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'test', cluster }],
    users: [{ name: 'test', user: { token } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
    'current-context': 'test',
  });
}

import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { test } from 'node:test';
import { KeyturnError } from '../../src/contract/errors.ts';
import { Secret } from '../../src/contract/secret.ts';
import { provider } from '../../src/providers/consumers/http.ts';
import { call, refuses } from '../conformance/credentials/stage.ts';
import { hostileWords } from '../fakes/hostile-proxy.ts';
import { startWorkload, type Workload } from '../fakes/workload.ts';
import { worldOf } from '../fakes/world.ts';

const token = new Secret('bearer-0123456789');
const world = worldOf('http');

function portTo(baseUrl: string) {
  return provider.create(provider.config.parse({ baseUrl, token, timeoutMs: 300 }), world);
}

const refusal = JSON.stringify({ error: hostileWords });
const secret = new Secret('s-0123456789');
const credential = {
  ref: { connection: 'db', account: 'a', id: 'id-1' },
  secret,
  fingerprint: world.fingerprint(secret),
};

async function withWorkload(act: (workload: Workload, port: ReturnType<typeof portTo>) => Promise<void>) {
  const workload = await startWorkload();
  try {
    await act(workload, portTo(workload.url));
  } finally {
    await workload.close();
  }
}

test('F25: of all that a workload may answer only its own clear report is a yes or a no', async () =>
  withWorkload(async (workload, port) => {
    const { fingerprint } = credential;
    const answers: [status: number, body: string, is: string][] = [
      [200, JSON.stringify({ fingerprint, working: true }), 'yes'],
      [200, JSON.stringify({ fingerprint, working: true, more: 1 }), 'yes'],
      [200, JSON.stringify({ fingerprint, working: false }), 'no'],
      [200, JSON.stringify({ fingerprint: 'hmac-sha256:other', working: true }), 'no'],
      [200, JSON.stringify({ fingerprint }), 'unknown'],
      [200, JSON.stringify({ fingerprint, working: 'true' }), 'unknown'],
      [200, JSON.stringify([{ fingerprint, working: true }]), 'unknown'],
      [200, 'null', 'unknown'],
      [200, `{"fingerprint":"${fingerprint}","working":true`, 'unknown'],
      [200, '<html>Sign in</html>', 'unknown'],
      [200, '', 'unknown'],
      ...[201, 202, 302, 401, 403, 404, 429, 500, 502, 503].map((status): [number, string, string] => [
        status,
        JSON.stringify({ fingerprint, working: true }),
        'unknown',
      ]),
    ];
    for (const [status, body, is] of answers) {
      workload.instead = (_, response) => response.writeHead(status, { location: '/elsewhere' }).end(body);
      const verdict = await port.verify('', fingerprint, call());
      assert.equal(verdict.is, is, `${status} ${body}`);
    }
  }));

test('I7: a change counts as done on 204 or on JSON alone, a clear refusal as refused, and all else is outcome_unknown', async () =>
  withWorkload(async (workload, port) => {
    const answers: [status: number, body: string, code: string | undefined][] = [
      [204, '', undefined],
      [200, '{}', undefined],
      [202, '{"accepted":true}', undefined],
      [200, 'OK', 'outcome_unknown'],
      [403, `<html>${hostileWords}</html>`, 'outcome_unknown'],
      [200, '<html>Sign in</html>', 'outcome_unknown'],
      [201, '{}', 'outcome_unknown'],
      [302, '', 'outcome_unknown'],
      [400, refusal, 'invalid_request'],
      [401, refusal, 'denied'],
      [403, refusal, 'denied'],
      [404, refusal, 'not_found'],
      [429, refusal, 'throttled'],
      [500, refusal, 'outcome_unknown'],
      [503, refusal, 'outcome_unknown'],
    ];
    for (const [status, body, code] of answers) {
      workload.instead = (_, response) => response.writeHead(status, { location: '/elsewhere' }).end(body);
      for (const change of [() => port.deliver('', credential, call()), async () => port.apply?.('', call())]) {
        const error: unknown = await change().catch((caught: unknown) => caught);
        assert.equal(error instanceof KeyturnError ? error.code : undefined, code, `${status} ${body}`);
        assert.ok(!String(error).includes(hostileWords));
      }
    }
  }));

test('the token goes to the workload alone: no redirect is followed', async () =>
  withWorkload(async (workload, port) => {
    const elsewhere = await startWorkload();
    const location = (response: ServerResponse) =>
      response.writeHead(307, { location: `${elsewhere.url}/-/credential` }).end();
    workload.instead = (_, response) => location(response);
    await refuses(['outcome_unknown'], () => port.deliver('', credential, call()));
    assert.equal((await port.verify('', credential.fingerprint, call())).is, 'unknown');
    assert.deepEqual(elsewhere.requests, []);
    assert.deepEqual(workload.requests, [
      'PUT /-/credential Bearer bearer-0123456789',
      'GET /-/credential Bearer bearer-0123456789',
    ]);
    await elsewhere.close();
  }));

test('an endless answer does not fill the memory', async () =>
  withWorkload(async (workload) => {
    const chunk = Buffer.alloc(1024 * 1024, ' ');
    let sent = 0;
    workload.instead = (_, response) => {
      const more = () => {
        sent += 1;
        response.write(chunk, (error) => (error ? undefined : more()));
      };
      more();
    };
    const patient = provider.create(provider.config.parse({ baseUrl: workload.url }), world);
    assert.equal((await patient.verify('', credential.fingerprint, call())).is, 'unknown');
    assert.ok(sent < 100, `${sent} MiB were taken`);
  }));

const takes = (more: object) => provider.config.safeParse({ baseUrl: 'https://app.example', ...more }).success;

test('plain http is taken for this machine alone, and a URL or token that would be read otherwise is refused', () => {
  for (const baseUrl of [
    'https://app.example/x/',
    'http://localhost:1',
    'http://127.0.0.1:80/a',
    'http://[::1]:8080',
  ]) {
    assert.ok(takes({ baseUrl }), baseUrl);
  }
  for (const baseUrl of [
    'http://app.example',
    'http://localhost.example',
    'http://127.0.0.1.example',
    'http://127.0.0.1@app.example',
    'https://user:pass@app.example',
    'https://app.example/?x=1',
    'https://app.example/#x',
    'ftp://127.0.0.1',
    'file:///etc',
    'app.example',
    '',
  ]) {
    assert.ok(!takes({ baseUrl }), baseUrl);
  }
  for (const reloadPath of ['-/reload', '/../x', '/a/./b', '/a/..', '/a?b', '/a b', '/', '//a', '/a\n']) {
    assert.ok(!takes({ reloadPath }), reloadPath);
  }
  for (const bad of ['', 'two words', 'line\nbreak', 'ключ']) assert.ok(!takes({ token: new Secret(bad) }));
  assert.ok(!takes({ token: 'in clear' }));
  assert.ok(!takes({ unknownField: 1 }));
});

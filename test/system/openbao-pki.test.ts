import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { call, refuses } from '../conformance/credentials/stage.ts';
import { listen } from '../fakes/listen.ts';
import { policies } from './openbao-fixture.ts';
import { requestFor, startPki, web } from './openbao-pki-fixture.ts';

const { bao, portWith } = await startPki();

test('a lifetime is cut short to what the role allows, and that is told', async () => {
  const issued = await portWith().enroll(await requestFor(['long.example.com'], 1000 * 3_600_000), call());
  assert.ok(Date.parse(issued.notAfter) <= Date.now() + 72 * 3_600_000);
});

test('a role that takes names from elsewhere, or adds some, does not get through with it', async () => {
  await bao.admin('POST', 'pki/roles/own', {
    ...web,
    key_type: 'any',
    use_csr_sans: false,
    use_csr_common_name: false,
  });
  const names = ['own.example.com', '*.own.example.com', '127.0.0.1'];
  const issued = await portWith({ role: 'own' }).enroll(await requestFor(names), call());
  assert.deepEqual(issued.names, [...names].toSorted());
  await bao.admin('POST', 'pki/roles/none', { ...web, allow_wildcard_certificates: false });
  await refuses(['invalid_request'], async () => portWith({ role: 'none' }).enroll(await requestFor(names), call()));
});

test('addresses alone need a role without a common name, which preflight tells', async () => {
  const names = ['127.0.0.1', '2001:db8::1'];
  assert.equal((await portWith().preflight?.(names, call()))?.is, 'no');
  await bao.admin('POST', 'pki/roles/bare', { ...web, require_cn: false });
  assert.equal((await portWith({ role: 'bare' }).preflight?.(names, call()))?.is, 'yes');
  const port = portWith({ role: 'bare' });
  const asked = await requestFor(names);
  const issued = await port.enroll(asked, call());
  assert.deepEqual(issued.names, names);
  assert.deepEqual(await port.find?.(asked, call()), [issued]);
});

test('F2: preflight says no when one single right is missing, for a role that is not there, and for one that keeps nothing', async () => {
  const lines = policies.pki.trim().split('\n');
  for (const line of lines) {
    const lacking = await bao.tokenFor(lines.filter((each) => each !== line).join('\n'));
    assert.equal((await portWith({ token: lacking }).preflight?.(['a.example.com'], call()))?.is, 'no', line.trim());
  }
  await bao.admin('POST', 'pki/roles/forgetful', { ...web, no_store: true });
  for (const role of ['absent', 'forgetful']) {
    assert.equal((await portWith({ role }).preflight?.(['a.example.com'], call()))?.is, 'no', role);
  }
});

test('revoking what has expired is done, and its status is unknown', async () => {
  const port = portWith();
  const issued = await port.enroll(await requestFor(['brief.example.com'], 1_500), call());
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  await port.revoke(issued, 'superseded', call());
  assert.equal((await port.status(issued, call())).is, 'unknown');
});

test('a certificate of an issuer that was replaced since is still looked up on the list of its own issuer, and revoked', async () => {
  await bao.admin('POST', 'sys/mounts/turned', { type: 'pki', config: { max_lease_ttl: '8760h' } });
  const generate = (name: string) =>
    bao.admin('POST', 'turned/issuers/generate/root/internal', {
      common_name: name,
      issuer_name: name,
      key_type: 'ec',
    });
  await generate('first');
  await bao.admin('POST', 'turned/roles/web', web);
  const port = portWith({ mount: 'turned' });
  const old = await port.enroll(await requestFor(['turned.example.com']), call());
  const { json } = await generate('second');
  await bao.admin('POST', 'turned/config/issuers', { default: json.data.issuer_id });
  const fresh = await port.enroll(await requestFor(['turned.example.com']), call());
  await port.revoke(old, 'superseded', call());
  assert.equal((await port.status(old, call())).is, 'yes');
  assert.equal((await port.status(fresh, call())).is, 'no');
});

test('F21: a list that is signed anew only later says no while the responder says yes, and so does the verdict', async () => {
  await bao.admin('POST', 'sys/mounts/late', { type: 'pki' });
  await bao.admin('POST', 'late/root/generate/internal', { common_name: 'Late', key_type: 'ec' });
  await bao.admin('POST', 'late/roles/web', web);
  await bao.admin('POST', 'late/config/crl', { auto_rebuild: true });
  const saidWith = async (proof: string, act: typeof issued) =>
    (await portWith({ mount: 'late', proof }).status(act, call())).is;
  const issued = await portWith({ mount: 'late' }).enroll(await requestFor(['late.example.com']), call());
  await portWith({ mount: 'late' }).revoke(issued, 'superseded', call());
  assert.equal(await saidWith('responder', issued), 'yes');
  assert.equal(await saidWith('list', issued), 'no');
  assert.equal(await saidWith('both', issued), 'no');
  await bao.admin('GET', 'late/crl/rotate');
  assert.equal(await saidWith('both', issued), 'yes');
});

/** Stands in for OpenBao, passes everything on, and changes what some paths answer. */
async function between(change: (path: string, body: Buffer) => Buffer) {
  const server = createServer((request, response) => {
    void request.toArray().then(async (chunks) => {
      const headers = { 'x-vault-token': String(request.headers['x-vault-token'] ?? '') };
      const { method = 'GET', url = '/' } = request;
      const body = method === 'GET' ? undefined : Buffer.concat(chunks);
      const type = { 'content-type': String(request.headers['content-type'] ?? '') };
      const answer = await fetch(bao.address + url, {
        method,
        headers: { ...headers, ...type },
        ...(body && { body }),
      });
      response.writeHead(answer.status).end(change(url, Buffer.from(await answer.arrayBuffer())));
    });
  });
  const port = await listen(server);
  return {
    address: `http://127.0.0.1:${port}`,
    [Symbol.dispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}

test('I7: a list or an answer that is of another authority, or changed on its way, says nothing', async () => {
  await bao.admin('POST', 'sys/mounts/other', { type: 'pki' });
  await bao.admin('POST', 'other/root/generate/internal', { common_name: 'Test Root', key_type: 'ec' });
  const foreign = Buffer.from(await (await fetch(`${bao.address}/v1/other/issuer/default/crl`)).arrayBuffer());
  const issued = await portWith().enroll(await requestFor(['watched.example.com']), call());
  const isList = (path: string) => path.includes('/crl');
  const changes: Record<string, [proof: string, change: (path: string, body: Buffer) => Buffer]> = {
    'a list of another authority of that name': ['list', (path, body) => (isList(path) ? foreign : body)],
    'a list that breaks off': ['list', (path, body) => (isList(path) ? body.subarray(0, body.length / 2) : body)],
    'a list with a changed byte': [
      'list',
      (path, body) => (isList(path) ? Buffer.from(body.toString().replace('MI', 'MJ')) : body),
    ],
    'an answer with a changed byte': [
      'responder',
      (path, body) => (path.includes('/ocsp') ? Buffer.from(body.with(-1, 0)) : body),
    ],
    'an answer that breaks off': ['responder', (path, body) => (path.includes('/ocsp') ? body.subarray(0, 60) : body)],
  };
  for (const [name, [proof, change]] of Object.entries(changes)) {
    using way = await between(change);
    const { is } = await portWith({ address: way.address, proof }).status(issued, call());
    assert.equal(is, 'unknown', name);
  }
  using honest = await between((_, body) => body);
  assert.equal((await portWith({ address: honest.address }).status(issued, call())).is, 'no');
});

test('F20, I7: a certificate for another key in the answer is refused, and a page in its place leaves the outcome unknown', async () => {
  const mine = await requestFor(['mixed.example.com']);
  const { json } = await bao.admin('POST', 'pki/sign/web', {
    csr: (await requestFor(['mixed.example.com'])).csr,
    ttl: '10m',
  });
  using mixed = await between((path, body) => (path.includes('/sign/') ? Buffer.from(JSON.stringify(json)) : body));
  await refuses(['invalid_request'], () => portWith({ address: mixed.address }).enroll(mine, call()));
  const junk = JSON.stringify({ data: { certificate: 'junk', issuing_ca: 'junk' } });
  using broken = await between((path, body) => (path.includes('/sign/') ? Buffer.from(junk) : body));
  await refuses(['outcome_unknown'], async () =>
    portWith({ address: broken.address }).enroll(await requestFor(['mixed.example.com']), call()),
  );
});

import { after } from 'node:test';
import { fileURLToPath } from 'node:url';
import { drawKey } from '../../src/certificates/signing-key.ts';
import { provider } from '../../src/providers/authorities/acme.ts';
import { startTxtServer, type TxtServer } from '../fakes/txt-server.ts';
import { worldOf } from '../fakes/world.ts';
import type { OpenBaoFixture } from './openbao-fixture.ts';
import { startPki } from './openbao-pki-fixture.ts';

/** The ACME server of a real OpenBao, which really looks for the records of dns-01, and an account at it. */
export async function startAcme() {
  const { bao } = await startPki();
  const names = await startTxtServer();
  after(() => names.close());
  const directory = await offerAcme(bao, names);
  const accountKey = await drawKey('ecdsa-p256');
  const portWith = (more: object = {}, world = worldOf('acme')) => {
    const settings = { directory, accountKey, challenge: challengeAt(names), reasons: false, patienceMs: 10_000 };
    return provider.create(provider.config.parse({ ...settings, ...more }), world);
  };
  return { bao, names, accountKey, portWith };
}

/** Has a PKI mount with the role `web` speak ACME, and look for records at this name server. Returns the URL of its directory. */
export async function offerAcme(
  { admin, address }: Pick<OpenBaoFixture, 'admin' | 'address'>,
  names: Pick<TxtServer, 'port'>,
): Promise<string> {
  const pki = `${address}/v1/pki`;
  const headers = ['Replay-Nonce', 'Link', 'Location'];
  const tuned = { allowed_response_headers: headers, passthrough_request_headers: ['If-Modified-Since'] };
  await admin('POST', 'sys/mounts/pki/tune', tuned);
  await admin('POST', 'pki/config/cluster', { path: pki });
  const published = { crl_distribution_points: [`${pki}/crl`], ocsp_servers: [`${pki}/ocsp`] };
  await admin('POST', 'pki/config/urls', published);
  await admin('POST', 'pki/config/acme', {
    enabled: true,
    dns_resolver: `127.0.0.1:${names.port}`,
    allowed_roles: ['web'],
    default_directory_policy: 'role:web',
    eab_policy: 'not-required',
  });
  return `${pki}/acme/directory`;
}

/** How a worker tells the name server of a record. */
export function challengeAt({ control }: Pick<TxtServer, 'control'>) {
  const command = [process.execPath, fileURLToPath(new URL('../fakes/set-txt.ts', import.meta.url)), control];
  return { type: 'dns-01', command } as const;
}

export function urlOf(input: string | URL | Request): string {
  return input instanceof Request ? input.url : input.toString();
}

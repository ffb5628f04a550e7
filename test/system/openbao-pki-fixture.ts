import { after } from 'node:test';
import { drawKey } from '../../src/certificates/signing-key.ts';
import { signingRequest } from '../../src/certificates/signing-request.ts';
import type { SigningRequest } from '../../src/contract/authorities.ts';
import { provider } from '../../src/providers/authorities/openbao-pki.ts';
import { worldOf } from '../fakes/world.ts';
import { startFixture, type OpenBaoFixture } from './openbao-fixture.ts';

/** What roles of these tests have in common. */
export const web = {
  allowed_domains: 'example.com',
  allow_subdomains: true,
  allow_ip_sans: true,
  max_ttl: '72h',
  key_type: 'any',
};

/** A real OpenBao with a root at `pki`, and a role `web` under which all below example.com is signed. */
export async function startPki() {
  const bao = await startFixture();
  after(bao.stop);
  await mountPki(bao);
  const portWith = (more: object = {}, world = worldOf('pki')) =>
    provider.create(provider.config.parse({ address: bao.address, token: bao.token, role: 'web', ...more }), world);
  return { bao, portWith };
}

/** What {@link startPki} has, in an OpenBao that runs already. Returns the root, in PEM. */
export async function mountPki({ admin }: Pick<OpenBaoFixture, 'admin'>): Promise<string> {
  await admin('POST', 'sys/mounts/pki', { type: 'pki', config: { max_lease_ttl: '8760h' } });
  const root = { common_name: 'Test Root', ttl: '8000h', key_type: 'ec' };
  const { json } = await admin('POST', 'pki/root/generate/internal', root);
  await admin('POST', 'pki/roles/web', web);
  return json.data.certificate;
}

export async function requestFor(names: readonly string[], lifetimeMs = 3_600_000): Promise<SigningRequest> {
  return signingRequest(await drawKey('ecdsa-p256'), { names, lifetimeMs });
}

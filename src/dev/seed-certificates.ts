import { X509Certificate } from 'node:crypto';
import { serialOf } from '../certificates/chain.ts';
import type { OpenBaoBackend } from './backends/openbao.ts';
import { askOpenBao, rule } from './ask-openbao.ts';

/** The names of the demo's web server: what the first certificate is for, and each that a reissue asks for. */
export const shopNames = ['shop.example.com', 'www.shop.example.com'] as const;

export interface SeededCertificate {
  /** As a manifest writes it: hex digits in lower case without leading zeros. */
  readonly serial: string;
  /** The private key and then the chain, leaf first, in PEM: what servers read from one file. */
  readonly bundle: string;
  /** PEM of the root that clients trust. */
  readonly root: string;
}

/** What Keyturn's token may do at the engine: sign under one role, look, and revoke. Lists and answers are open to all. */
export const certificatePolicy = [
  rule('pki/roles/shop', '"read"'),
  rule('pki/sign/shop', '"update"'),
  rule('pki/certs/detailed', '"list"'),
  rule('pki/revoke', '"update"'),
].join('\n');

/** Mounts a PKI engine with a root and one role, and has the certificate signed that is in use before Keyturn comes. */
export async function seedCertificates(server: OpenBaoBackend): Promise<SeededCertificate> {
  await askOpenBao(server, 'sys/mounts/pki', { type: 'pki', config: { max_lease_ttl: '8760h' } });
  const made = await askOpenBao(server, 'pki/root/generate/internal', {
    common_name: 'Root of the demo',
    key_type: 'ec',
    ttl: '8000h',
  });
  const [domain, ...more] = shopNames;
  await askOpenBao(server, 'pki/roles/shop', {
    allowed_domains: domain,
    allow_bare_domains: true,
    allow_subdomains: true,
    key_type: 'ec',
    max_ttl: '72h',
  });
  const asked = { common_name: domain, alt_names: more.join(','), ttl: '24h', private_key_format: 'pkcs8' };
  const { data } = await askOpenBao(server, 'pki/issue/shop', asked);
  const { certificate = '', private_key: key = '', issuing_ca: issuer = '' } = data ?? {};
  const root = made.data?.['certificate'] ?? '';
  return {
    serial: serialOf(new X509Certificate(certificate)),
    bundle: [key, certificate, issuer].map((pem) => `${pem.trim()}\n`).join(''),
    root,
  };
}

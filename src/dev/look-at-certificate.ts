import type { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { isIP } from 'node:net';
import { checkServerIdentity as checkIdentity, connect, type PeerCertificate } from 'node:tls';
import * as pkijs from 'pkijs';
import type { OpenBaoBackend } from './backends/openbao.ts';

/** What clients see and authorities say of a certificate, looked up without Keyturn's own code for either. */
export interface Looked {
  readonly serial: string;
  readonly fingerprint: string;
  readonly certificate: X509Certificate;
}

/** Shakes hands once as a client does that trusts this root alone, and returns what was served. Throws where the client turns away. */
export async function lookAtServed(
  { host, port }: { readonly host: string; readonly port: number },
  name: string,
  root: string,
): Promise<Looked> {
  const servername = isIP(name) === 0 ? name : '';
  const checkServerIdentity = (_: string, seen: PeerCertificate) => checkIdentity(name, seen);
  const socket = connect({ host, port, servername, ca: root, checkServerIdentity });
  try {
    await once(socket, 'secureConnect', { signal: AbortSignal.timeout(5_000) });
    const certificate = socket.getPeerX509Certificate();
    if (!certificate) throw new Error(`${name} showed no certificate`);
    const { serialNumber, fingerprint256 } = certificate;
    return {
      serial: serialNumber.toLowerCase().replace(/^0+/, ''),
      fingerprint: fingerprint256.replaceAll(':', '').toLowerCase(),
      certificate,
    };
  } finally {
    socket.destroy();
  }
}

/** Who says that a certificate is revoked, of the list and the responder at this mount. Either must be signed by the issuer. */
export async function revokedBy(
  { address }: Pick<OpenBaoBackend, 'address'>,
  leaf: X509Certificate,
  issuer: X509Certificate,
): Promise<{ readonly list: boolean; readonly responder: boolean }> {
  const [certificate, issuerCertificate] = [parsed(leaf), parsed(issuer)];
  const crl = pkijs.CertificateRevocationList.fromBER(await bytes(`${address}/v1/pki/crl`));
  if (!(await crl.verify({ issuerCertificate }))) throw new Error('the revocation list is not signed by the issuer');
  const question = new pkijs.OCSPRequest();
  await question.createForCertificate(certificate, { hashAlgorithm: 'SHA-1', issuerCertificate });
  const answer = pkijs.OCSPResponse.fromBER(
    await bytes(`${address}/v1/pki/ocsp`, {
      method: 'POST',
      headers: { 'content-type': 'application/ocsp-request' },
      body: new Uint8Array(question.toSchema(true).toBER()),
    }),
  );
  const basic = pkijs.BasicOCSPResponse.fromBER(answer.responseBytes!.response.valueBlock.valueHexView);
  // Answers that the issuer signs itself bring no certificate along.
  basic.certs ??= [issuerCertificate];
  if (!(await basic.verify({ trustedCerts: [issuerCertificate] })))
    throw new Error('the answer of the responder is not signed by the issuer');
  const { isForCertificate, status } = await answer.getCertificateStatus(certificate, issuerCertificate);
  return { list: crl.isCertificateRevoked(certificate), responder: isForCertificate && status === 1 };
}

function parsed({ raw }: X509Certificate): pkijs.Certificate {
  return pkijs.Certificate.fromBER(new Uint8Array(raw));
}

async function bytes(url: string, init?: RequestInit): Promise<ArrayBuffer> {
  const answer = await fetch(url, init);
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
  return answer.arrayBuffer();
}

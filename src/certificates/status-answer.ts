import { X509Certificate } from 'node:crypto';
import * as asn1js from 'asn1js';
import * as pkijs from 'pkijs';
import { isIssuedBy } from './chain.ts';
import { isCurrent, notListed, revoked, unknown, type Asked, type Revocation } from './revocation.ts';

const ocspSigning = '1.3.6.1.5.5.7.3.9';
const basicAnswer = '1.3.6.1.5.5.7.48.1.1';
/** How old an answer may be that does not say when the next one comes. */
const mostAgeMs = 10 * 60_000;

/** Asks about one certificate: DER, to be posted as `application/ocsp-request`. SHA-1 is what all responders know. RFC 6960 */
export async function statusQuestion({
  leaf,
  issuer,
}: Pick<Asked, 'leaf' | 'issuer'>): Promise<Uint8Array<ArrayBuffer>> {
  const request = new pkijs.OCSPRequest();
  await request.createForCertificate(parsed(leaf), { hashAlgorithm: 'SHA-1', issuerCertificate: parsed(issuer) });
  return new Uint8Array(request.toSchema(true).toBER());
}

/**
 * What an OCSP response (DER) says of the leaf. It counts when the issuer has signed it, or a responder that the issuer itself
 * appointed for that, and when its time has come and is not over. RFC 6960 (3.2, 4.2.2.2)
 */
export async function judgeAnswer(der: Uint8Array<ArrayBuffer>, asked: Asked): Promise<Revocation> {
  try {
    const { responseStatus, responseBytes } = pkijs.OCSPResponse.fromBER(der);
    if (responseStatus.valueBlock.valueDec !== 0 || responseBytes?.responseType !== basicAnswer) {
      return unknown('the responder gives no answer about the certificate');
    }
    const answer = pkijs.BasicOCSPResponse.fromBER(responseBytes.response.valueBlock.valueHexView);
    if (!isIssuedBy(asked.leaf, asked.issuer)) return unknown('the certificate is not from this issuer');
    if (!(await isSignedFor(answer, asked))) return unknown('the answer is not signed by the issuer or for it');
    return await said(answer, asked);
  } catch {
    return unknown('what came is no answer of a responder');
  }
}

function parsed({ raw }: X509Certificate): pkijs.Certificate {
  return pkijs.Certificate.fromBER(new Uint8Array(raw));
}

async function isSignedFor(answer: pkijs.BasicOCSPResponse, { issuer, now }: Asked): Promise<boolean> {
  const brought = (answer.certs ?? []).map((each) => new X509Certificate(Buffer.from(each.toSchema().toBER())));
  const appointed = brought.filter(
    (each) =>
      isIssuedBy(each, issuer) &&
      each.keyUsage?.includes(ocspSigning) === true &&
      isCurrent(now, each.validFromDate, each.validToDate),
  );
  const engine = pkijs.getCrypto(true);
  for (const signer of [issuer, ...appointed]) {
    const key = parsed(signer).subjectPublicKeyInfo;
    const { tbsResponseData, signature, signatureAlgorithm } = answer;
    const isIts = engine.verifyWithPublicKey(
      new Uint8Array(tbsResponseData.tbsView),
      signature,
      key,
      signatureAlgorithm,
    );
    // A key of another kind than the signature is an error, and only says that it is not this one's.
    if (await isIts.catch(() => false)) return true;
  }
  return false;
}

async function said({ tbsResponseData: { responses } }: pkijs.BasicOCSPResponse, asked: Asked): Promise<Revocation> {
  for (const one of responses) {
    if (!(await isAbout(one, asked))) continue;
    const until = one.nextUpdate ?? new Date(one.thisUpdate.getTime() + mostAgeMs);
    if (!isCurrent(asked.now, one.thisUpdate, until)) return unknown('the answer of the responder is not of this time');
    return statusIn(one, asked);
  }
  return unknown('the answer is about another certificate');
}

async function isAbout({ certID }: pkijs.SingleResponse, { leaf, issuer }: Asked): Promise<boolean> {
  const engine = pkijs.getCrypto(true);
  const { name } = engine.getAlgorithmByOID<{ name: string }>(certID.hashAlgorithm.algorithmId, true, 'CertID');
  const ours = await pkijs.CertID.create(parsed(leaf), { hashAlgorithm: name, issuerCertificate: parsed(issuer) });
  return certID.isEqual(ours);
}

/** The status is a choice by its tag: 0 good, 1 revoked with time and perhaps reason, 2 unknown. RFC 6960 (4.2.1) */
function statusIn({ certStatus }: pkijs.SingleResponse, asked: Asked): Revocation {
  const status = certStatus as asn1js.Constructed;
  if (status.idBlock.tagNumber === 0) return notListed(asked);
  if (status.idBlock.tagNumber !== 1) return unknown('the responder does not know the certificate');
  const [time, tagged] = status.valueBlock.value;
  if (!(time instanceof asn1js.GeneralizedTime)) return unknown('the responder tells no time of the revocation');
  const [reason] = tagged instanceof asn1js.Constructed ? tagged.valueBlock.value : [];
  return revoked(time.toDate(), reason instanceof asn1js.Enumerated ? reason.valueBlock.valueDec : undefined);
}

import * as asn1js from 'asn1js';
import * as pkijs from 'pkijs';
import { isIssuedBy } from './chain.ts';
import { isCurrent, notListed, revoked, unknown, type Asked, type Revocation } from './revocation.ts';

const reasonExtension = '2.5.29.21';
const issuingPoint = '2.5.29.28';

/**
 * What a certificate revocation list (DER) says of the leaf. It counts when the issuer of the leaf has signed it, when its time has
 * come and is not over, and when it is complete for this leaf: a delta, an indirect list, one for authorities alone or for some
 * reasons is `unknown`, and so is every critical extension that this does not know. `point` is where the list was fetched, for
 * lists that are parts. RFC 5280 (6.3)
 */
export async function judgeList(der: Uint8Array<ArrayBuffer>, asked: Asked, point?: string): Promise<Revocation> {
  try {
    const list = pkijs.CertificateRevocationList.fromBER(der);
    return (await objection(list, asked, point)) ?? entryFor(list, asked);
  } catch {
    return unknown('what came is no revocation list');
  }
}

type List = pkijs.CertificateRevocationList;

async function objection(list: List, { leaf, issuer, now }: Asked, point: string | undefined) {
  if (!isIssuedBy(leaf, issuer)) return unknown('the certificate is not from this issuer');
  if (!(await isSignedBy(list, issuer.raw))) return unknown('the revocation list is not signed by the issuer');
  if (!list.nextUpdate || !isCurrent(now, list.thisUpdate.value, list.nextUpdate.value)) {
    return unknown('the revocation list is not of this time');
  }
  return covers(list, point) ? undefined : unknown('the revocation list is not one for all certificates of this kind');
}

async function isSignedBy(list: List, issuer: Buffer): Promise<boolean> {
  if (!list.signature.isEqual(list.signatureAlgorithm)) return false;
  return list.verify({ issuerCertificate: pkijs.Certificate.fromBER(new Uint8Array(issuer)) });
}

function covers(list: List, point: string | undefined): boolean {
  const critical = (list.crlExtensions?.extensions ?? []).filter((extension) => extension.critical);
  return critical.every((extension) => {
    const scope = extension.extnID === issuingPoint && extension.parsedValue;
    if (!(scope instanceof pkijs.IssuingDistributionPoint)) return false;
    const { onlyContainsCACerts, onlyContainsAttributeCerts, indirectCRL, onlySomeReasons } = scope;
    if (onlyContainsCACerts || onlyContainsAttributeCerts || indirectCRL) return false;
    // The library gives 0 for reasons that are not there.
    if (onlySomeReasons !== undefined && onlySomeReasons !== 0) return false;
    const points = scope.distributionPoint;
    return points === undefined || (Array.isArray(points) && points.some(({ value }) => value === point));
  });
}

function entryFor(list: List, asked: Asked): Revocation {
  const serial = BigInt(`0x${asked.leaf.serialNumber}`);
  const entry = list.revokedCertificates?.find(({ userCertificate }) => userCertificate.toBigInt() === serial);
  if (!entry) return notListed(asked);
  const extensions = entry.crlEntryExtensions?.extensions ?? [];
  if (extensions.some(({ critical, extnID }) => critical && extnID !== reasonExtension)) {
    return unknown('the revocation list names the certificate with a condition that is not known here');
  }
  return revoked(entry.revocationDate.value, reasonOf(extensions));
}

function reasonOf(extensions: readonly pkijs.Extension[]): number | undefined {
  const extension = extensions.find(({ extnID }) => extnID === reasonExtension);
  const { result } = asn1js.fromBER(extension?.extnValue.valueBlock.valueHexView ?? new Uint8Array());
  return result instanceof asn1js.Enumerated ? result.valueBlock.valueDec : undefined;
}

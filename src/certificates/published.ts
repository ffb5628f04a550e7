import type { X509Certificate } from 'node:crypto';
import * as pkijs from 'pkijs';

/** Where a certificate itself says that its revocation is published; URLs of http and https alone. */
export interface Published {
  /** Revocation lists. RFC 5280 (4.2.1.13) */
  readonly lists: readonly string[];
  /** OCSP responders. RFC 6960 (3.1) */
  readonly responders: readonly string[];
}

const distributionPoints = '2.5.29.31';
const authorityKey = '2.5.29.35';

export function publishedIn(leaf: X509Certificate): Published {
  const points = parsedExtension(leaf, distributionPoints);
  const lists =
    points instanceof pkijs.CRLDistributionPoints
      ? points.distributionPoints.flatMap(({ distributionPoint }) =>
          Array.isArray(distributionPoint) ? distributionPoint.map(({ value }) => String(value)) : [],
        )
      : [];
  const lines = (leaf.infoAccess ?? '').split('\n');
  const responders = lines.flatMap((line) => /^OCSP - URI:(\S+)$/.exec(line)?.[1] ?? []);
  return { lists: lists.filter(isWebUrl), responders: responders.filter(isWebUrl) };
}

/** What an authority calls the certificate where it tells when it is to be renewed; `undefined` where it has no such name. RFC 9773 (4.1) */
export function renewalName(leaf: X509Certificate): string | undefined {
  const key = parsedExtension(leaf, authorityKey);
  if (!(key instanceof pkijs.AuthorityKeyIdentifier) || !key.keyIdentifier) return undefined;
  const { serialNumber } = pkijs.Certificate.fromBER(new Uint8Array(leaf.raw));
  const parts = [key.keyIdentifier.valueBlock.valueHexView, serialNumber.valueBlock.valueHexView];
  return parts.map((part) => Buffer.from(part).toString('base64url')).join('.');
}

function parsedExtension(leaf: X509Certificate, id: string): unknown {
  const { extensions = [] } = pkijs.Certificate.fromBER(new Uint8Array(leaf.raw));
  return extensions.find(({ extnID }) => extnID === id)?.parsedValue;
}

function isWebUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:/.test(text);
}

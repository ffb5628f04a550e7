import type { X509Certificate } from 'node:crypto';
import type { RevocationReason } from '../contract/authorities.ts';

/** What a signed list or answer says of one certificate, or why it says nothing that can be relied on. */
export type Revocation =
  | { readonly is: 'revoked'; readonly at: string; readonly reason: RevocationReason | undefined }
  | { readonly is: 'good' }
  | { readonly is: 'unknown'; readonly because: string };

/** The certificate in question, who issued it, and the time at which the question is asked. */
export interface Asked {
  readonly leaf: X509Certificate;
  readonly issuer: X509Certificate;
  readonly now: Date;
}

/** How far the authority's clock may be from ours (F22). */
const skewMs = 60_000;

export function unknown(because: string): Revocation {
  return { is: 'unknown', because };
}

/** Whether the time is within the window, give or take what clocks may differ by. */
export function isCurrent(now: Date, from: Date, until: Date): boolean {
  return !isAhead(now, from) && !isOver(now, until);
}

/** Whether a moment has not come yet, whatever the clock of whoever asks. */
export function isAhead(now: Date, from: Date): boolean {
  return now.getTime() < from.getTime() - skewMs;
}

/** Whether a moment has passed, whatever the clock of whoever asks. */
export function isOver(now: Date, until: Date): boolean {
  return now.getTime() > until.getTime() + skewMs;
}

const reasons: Readonly<Record<number, RevocationReason>> = {
  0: 'unspecified',
  1: 'keyCompromise',
  3: 'affiliationChanged',
  4: 'superseded',
  5: 'cessationOfOperation',
  9: 'privilegeWithdrawn',
};

/** The number of a reason in RFC 5280 (5.3.1). */
export function reasonCode(reason: RevocationReason): number {
  return Number(Object.keys(reasons).find((code) => reasons[Number(code)] === reason));
}

const hold = 6;
const removed = 8;

/** Revoked for good, for the reason with this number; what is only held may be released again, so it is neither. */
export function revoked(at: Date, code: number | undefined): Revocation {
  if (code === hold || code === removed) return unknown('the authority holds the certificate, which it can lift again');
  return { is: 'revoked', at: at.toISOString(), reason: code === undefined ? undefined : reasons[code] };
}

/** A list no longer names what has expired (RFC 5280, 3.3), so that a certificate is not on it says nothing then. */
export function notListed({ leaf, now }: Asked): Revocation {
  if (now > leaf.validToDate) return unknown('the certificate has expired, and lists drop what has');
  return { is: 'good' };
}

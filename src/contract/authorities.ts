import type { Read, Write } from './call.ts';
import type { CertificateRef, PublicKeyFingerprint } from './references.ts';
import type { Verdict } from './verdict.ts';

/**
 * The port to an authority that issues certificates. The private key is drawn here, sealed before it is needed, and never
 * handed to a port: an authority sees the request that it signed.
 *
 * Held by the conformance suite: a certificate is for the key and the names that were asked for, and for nothing else; writes
 * converge when repeated; nothing is touched but what was handed in; a lost answer to a write is `outcome_unknown` and an
 * unanswered question is `unknown`; errors are {@link KeyturnError}. Adapters do not order: enroll, deploy, revoke and
 * prove are ordered by the runbook alone.
 */
export interface AuthorityPort {
  /** Whether the reason of a revocation is in the authority's lists. Where it is not, only our own journal knows it. */
  readonly recordsReasons: boolean;
  /**
   * Has the request signed. With `find`, a second call for the same key returns the valid certificate that the first one left, so a
   * retry makes no second one; without it each call that reaches the authority makes one more. A certificate may end sooner than
   * was asked; later only where the authority alone decides (ACME). `invalid_request`: the authority would sign something else, or does not sign these names.
   */
  enroll(request: SigningRequest, call: Write): Promise<IssuedCertificate>;
  /** The probe after a lost answer: every certificate for the request's key that is neither revoked nor expired. */
  find?(request: SigningRequest, call: Read): Promise<readonly IssuedCertificate[]>;
  /**
   * Takes the certificate back for good. Already revoked is done, and the first reason stands; so is expired, since nobody
   * accepts that. A certificate of another authority is refused.
   */
  revoke(certificate: Certificate, reason: RevocationReason, call: Write): Promise<void>;
  /**
   * Does the authority say *now* that the certificate is revoked? `yes` and `no` need a list or an answer that is signed by the
   * issuer in the chain (or whom it appointed) and within its time; everything else is `unknown`, an expired certificate too
   * that no list names: lists drop those. RFC 5280 (6.3), RFC 6960 (3.2).
   */
  status(certificate: Certificate, call: Read): Promise<RevocationStatus>;
  /** When the authority wants the certificate to be replaced, or `undefined` where it does not say. RFC 9773 */
  renewal?(certificate: Certificate, call: Read): Promise<RenewalWindow | undefined>;
  /** Could `enroll` for these names and `revoke` succeed, as far as can be seen without changing anything? */
  preflight?(names: readonly string[], call: Read): Promise<Verdict>;
}

/** What an authority is asked to sign. */
export interface SigningRequest {
  /** PKCS #10 in PEM, signed by the key itself; its subject alternative names are `names`. RFC 2986 */
  readonly csr: string;
  /** Of the key in `csr`. The certificate must be for this one. */
  readonly publicKey: PublicKeyFingerprint;
  /** DNS names in lower case, a wildcard as its first label allowed, and IP addresses. */
  readonly names: readonly string[];
  readonly lifetimeMs: number;
}

/** One certificate. All of it is public; `ref` is short enough for a history, `chain` is not. */
export interface Certificate {
  readonly ref: CertificateRef;
  /** PEM, leaf first, each signed by the next; the root may be left out. */
  readonly chain: string;
}

/** A certificate, and what is in its leaf. */
export interface IssuedCertificate extends Certificate {
  readonly publicKey: PublicKeyFingerprint;
  /** As in {@link SigningRequest}, sorted. */
  readonly names: readonly string[];
  /** RFC 3339. */
  readonly notBefore: string;
  /** RFC 3339. */
  readonly notAfter: string;
}

/**
 * Why a certificate is taken back: those of RFC 5280 (5.3.1) that are for an end entity and for good. `certificateHold` is not
 * among them, since it can be lifted.
 */
export type RevocationReason =
  | 'unspecified'
  | 'keyCompromise'
  | 'affiliationChanged'
  | 'superseded'
  | 'cessationOfOperation'
  | 'privilegeWithdrawn';

/** A verdict about a revocation. With `yes` it may tell what the signed answer told. */
export interface RevocationStatus extends Verdict {
  /** RFC 3339. */
  readonly revokedAt?: string;
  readonly reason?: RevocationReason;
  /** Set where the authority publishes neither list nor answers, so that nobody can ever look a certificate up. */
  readonly unpublished?: true;
}

/** Replace it at some moment in here, drawn at random; at once where the end has passed. Both RFC 3339. */
export interface RenewalWindow {
  readonly start: string;
  readonly end: string;
}

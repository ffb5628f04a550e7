/**
 * Names one write of one operation: `<workflow id>/<first run id>/<generation>`. It is minted by the workflow, so it is in
 * history before the first attempt, identical on every retry, and survives continue-as-new and reset.
 */
export type OperationId = string;

/** A keyed HMAC of a secret. It compares; it never reverses, and without the installation's key it can't be guessed at. */
export type Fingerprint = `hmac-sha256:${string}`;

/** Where a secret rests. Safe in history: useless without the store's own permission. */
export interface SecretRef {
  readonly path: string;
  readonly version: number;
}

export interface StoredSecret {
  readonly ref: SecretRef;
  readonly fingerprint: Fingerprint;
}

/** One credential as its provider names it: an access key id, a role name, a secret-id accessor. Never a secret itself. */
export interface CredentialRef {
  readonly connection: string;
  readonly account: string;
  readonly id: string;
}

/** SHA-256 of a public key, DER of its SubjectPublicKeyInfo. Nothing secret: it tells whether two certificates have one key. */
export type PublicKeyFingerprint = `spki-sha256:${string}`;

/** One certificate, named so that it can be told from every other: short, and nothing in it is secret. */
export interface CertificateRef {
  readonly connection: string;
  /** Hex digits in lower case without leading zeros: unique within its issuer. */
  readonly serial: string;
  /** `sha256:` and the hex digest of the leaf's DER: what a TLS handshake shows. */
  readonly fingerprint: `sha256:${string}`;
}

/** A credential together with where its secret rests: what an operation hands from step to step. */
export interface Credential {
  readonly ref: CredentialRef;
  readonly secret: StoredSecret;
  /** Set where it is a certificate: its id is the serial number, and what is sealed is the key with the chain. */
  readonly certificate?: Validity;
}

/** When a certificate counts, both RFC 3339. */
export interface Validity {
  readonly notBefore: string;
  readonly notAfter: string;
}

/** What a provider of your own is written against: `import type { Provider } from 'keyturn/provider'`. */
export type {
  AuthorityPort,
  Certificate,
  IssuedCertificate,
  RenewalWindow,
  RevocationReason,
  RevocationStatus,
  SigningRequest,
} from './authorities.ts';
export type { Read, Write } from './call.ts';
export type { ConsumerPort, Delivered, MovedByMachine, MovedByPerson } from './consumers.ts';
export type { CredentialPort, CredentialState, Issued, LastUse, MintedHere, MintedThere } from './credentials.ts';
export type { Entitlement, EntitlementPort } from './entitlements.ts';
export { errorCodes, KeyturnError, type ErrorCode } from './errors.ts';
export type { Ports, Provider, Providers, World } from './provider.ts';
export type {
  CertificateRef,
  Credential,
  CredentialRef,
  Fingerprint,
  OperationId,
  PublicKeyFingerprint,
  SecretRef,
  StoredSecret,
} from './references.ts';
export { Secret } from './secret.ts';
export type { Sealed, StorePort } from './stores.ts';
export type { Verdict } from './verdict.ts';

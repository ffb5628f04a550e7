export { containCompromise } from './contain-compromise.ts';
export { identityLifecycle } from './identity-lifecycle.ts';
export { offboardIdentity } from './offboard-identity.ts';
export { offboardOwner } from './offboard-owner.ts';
export { reissueCertificate } from './reissue-certificate.ts';
export { reopenIdentity } from './reopen-identity.ts';
export { rotateCredential } from './rotate-credential.ts';

export { identityLifecycle } from './identity-lifecycle.ts';
export { rotateCredential } from './rotate-credential.ts';

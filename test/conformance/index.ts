/**
 * The conformance suites of the ports, for providers of your own: call one with what it asks for in a test file of
 * `node:test`. What holds for the built-in providers is then tried on yours, word for word.
 */
export { describeAuthorityPort, type AuthoritySuite, type AuthoritySystem } from './authorities.ts';
export { describeConsumerPort, type ConsumerSuite, type ConsumerSystem } from './consumers.ts';
export { describeCredentialPort, type CredentialSuite, type CredentialSystem } from './credentials.ts';
export { describeEntitlementPort, type EntitlementSuite, type EntitlementSystem } from './entitlements.ts';
export { describeStorePort, type StoreSuite, type StoreSystem } from './stores.ts';

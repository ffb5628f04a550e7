import { withFields, type Malformed } from './malformed-manifests.ts';

const grants = { connection: 'grants', account: 'orders' };

/** Manifests whose entitlements are wrong in one way each, and what the error must say. */
export const malformedEntitlements: readonly Malformed[] = [
  [
    'an entitlement without its account',
    withFields({ entitlements: [{ connection: 'grants' }] }),
    /identities\[0\]\.entitlements\[0\]\.account: expected text, it is missing/,
  ],
  [
    'an account of entitlements twice',
    withFields({ entitlements: [grants, { ...grants, account: 'orders_b' }, grants] }),
    /identities\[0\]\.entitlements\[2\]: expected each account of a connection once/,
  ],
];

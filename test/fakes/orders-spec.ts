import { identitySpec } from '../../src/contract/identity.ts';

const gate = { approvers: ['dana@example.com'], proof: 'none' };

/** An identity as the manifest declares it: three consumers, one of them a canary and one moved by a person. */
export const ordersSpec = identitySpec.parse({
  id: 'orders',
  kind: 'database-user',
  owner: 'dana@example.com',
  credential: {
    connection: 'db',
    account: 'orders',
    adopt: { id: 'orders_a', secret: 'apps/orders' },
    propagation: { within: '30s', successes: 3 },
  },
  consumers: [
    { id: 'api', connection: 'api' },
    { id: 'batch', connection: 'batch', canary: true },
    { id: 'legacy', connection: 'legacy', after: ['api'] },
  ],
  gates: { retirement: gate, intervention: gate },
  rotate: { every: '30d' },
});

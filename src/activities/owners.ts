import type { IdentityState } from '../contract/identity.ts';
import { offboardOwnerRequest, type OffboardOwnerRequest } from '../contract/request.ts';
import { bounded } from './boundary.ts';
import { parse } from './operations.ts';
import type { ActivityWorld } from './world.ts';

/** Who answers for an identity, and whether it is in service. */
export interface Owned {
  readonly owner: string;
  readonly state: IdentityState;
}

/** What a run over all identities of one owner has to know. They change nothing. */
export function ownerActivities({ lifecycles }: ActivityWorld) {
  return {
    /** Any program may have sent it, and nothing has begun yet. */
    readOwnerRequest: bounded(async ({ request }: { request: unknown }): Promise<OffboardOwnerRequest> =>
      parse(offboardOwnerRequest, request, 'request'),
    ),

    /** The ids of all identities that name this owner; one declared a moment ago may not be among them yet. */
    findOwned: bounded(async ({ owner }: { owner: string }): Promise<readonly string[]> => lifecycles.ownedBy(owner)),

    describeOwned: bounded(async ({ identity }: { identity: string }): Promise<Owned> => {
      const { spec, state } = await lifecycles.recordOf(identity);
      return { owner: spec.owner, state };
    }),
  };
}

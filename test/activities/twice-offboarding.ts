import type { offboardingActivities } from '../../src/activities/offboarding.ts';
import type { ownerActivities } from '../../src/activities/owners.ts';
import type { SecretRef } from '../../src/contract/references.ts';
import type { Desk } from './desk.ts';
import type { Case } from './twice.ts';

const remains = new WeakMap<Desk, SecretRef>();

type Covered = ReturnType<typeof offboardingActivities> & ReturnType<typeof ownerActivities>;

/** What takes an identity out of service besides its credentials, and all of one owner. */
export const offboardingCases: Readonly<Record<keyof Covered, Case>> = {
  findSecrets: {
    kind: 'read',
    act: (desk) => desk.run((all) => all.findSecrets({ record: desk.record, mintings: [desk.minting.operation] })),
  },
  destroyRemains: {
    kind: 'write',
    prepare: async (desk) => remains.set(desk, (await desk.fresh()).secret.ref),
    act: (desk) =>
      desk.run((all) => all.destroyRemains({ ...desk.by, ref: remains.get(desk)!, operation: 'offboard/1/d' })),
  },
  readOwnerRequest: {
    kind: 'read',
    act: (desk) =>
      desk.run((all) =>
        all.readOwnerRequest({ request: { owner: 'dana@example.com', reason: 'a test', requestedBy: 'rob' } }),
      ),
  },
  findOwned: {
    kind: 'read',
    act: (desk) => desk.run((all) => all.findOwned({ owner: 'dana@example.com' })),
  },
  describeOwned: {
    kind: 'read',
    act: (desk) => desk.run((all) => all.describeOwned({ identity: 'orders' })),
  },
  endSchedules: {
    kind: 'write',
    act: (desk) => desk.run((all) => all.endSchedules(desk.by)),
  },
};

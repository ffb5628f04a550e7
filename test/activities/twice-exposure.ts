import type { exposureActivities } from '../../src/activities/exposure.ts';
import type { Case } from './twice.ts';

/** What ends every credential of a compromised identity. */
export const exposureCases: Readonly<Record<keyof ReturnType<typeof exposureActivities>, Case>> = {
  listExposed: {
    kind: 'read',
    act: (desk) => desk.run((all) => all.listExposed({ record: desk.record, mintings: [] })),
  },
  findKnown: {
    kind: 'read',
    act: (desk) => desk.run((all) => all.findKnown({ record: desk.record, mintings: [desk.minting.operation] })),
  },
  describeExposed: {
    kind: 'read',
    act: (desk) => desk.run((all) => all.describeExposed({ record: desk.record, refs: [desk.old.ref] })),
  },
  disableExposed: {
    kind: 'write',
    act: (desk) => desk.run((all) => all.disableExposed({ ...desk.by, ref: desk.old.ref, operation: 'contain/1/d' })),
  },
  revokeExposed: {
    kind: 'write',
    act: (desk) => desk.run((all) => all.revokeExposed({ ...desk.by, ref: desk.old.ref, operation: 'contain/1/r' })),
  },
  proveEnded: {
    kind: 'read',
    prepare: (desk) =>
      desk.run((all) => all.revokeExposed({ ...desk.by, ref: desk.old.ref, operation: 'contain/1/r' })),
    act: (desk) => desk.run((all) => all.proveEnded({ ref: desk.old.ref, secret: desk.old.secret, within: 1_000 })),
  },
};

import type { Activities } from '../../src/activities/index.ts';
import type { Credential } from '../../src/contract/references.ts';
import type { Shape } from '../workflows/memory-world.ts';
import type { Desk } from './desk.ts';
import { exposureCases } from './twice-exposure.ts';
import { offboardingCases } from './twice-offboarding.ts';

export interface Case {
  readonly kind: 'read' | 'write' | 'message';
  readonly shape?: Shape;
  prepare?(desk: Desk): Promise<unknown>;
  act(desk: Desk): Promise<unknown>;
}

const patience = { within: 500, successes: 1 };
const known = new WeakMap<Desk, Credential>();
const withFresh = async (desk: Desk) => known.set(desk, await desk.fresh());
const fresh = (desk: Desk): Credential => known.get(desk) ?? desk.old;
const move = (desk: Desk) => ({
  ...desk.by,
  consumer: desk.record.spec.consumers[0]!,
  credential: fresh(desk),
  operation: 'rotate/orders/1/r/move',
});
const destruction = (desk: Desk) => ({
  ...desk.by,
  victim: desk.old,
  survivor: fresh(desk),
  operation: 'rotate/orders/1/r/end',
});
const grants = { connection: 'grants', account: 'orders' };
const request = { identity: 'orders', reason: 'a test', requestedBy: 'rob@example.com' };

/** Every activity has its case, or this does not compile. */
export const cases: Readonly<Record<keyof Activities, Case>> = {
  openOperation: {
    kind: 'write',
    act: (desk) => desk.run((all) => all.openOperation({ request, holder: desk.holder })),
  },
  confirmHold: {
    kind: 'read',
    act: (desk) => desk.run((all) => all.confirmHold(desk.by)),
  },
  noteSuccessor: {
    kind: 'write',
    prepare: (desk) => desk.run((all) => all.openOperation({ request, holder: desk.holder })),
    act: (desk) => desk.run((all) => all.noteSuccessor({ ...desk.by, successor: desk.old })),
  },
  closeOperation: {
    kind: 'write',
    prepare: (desk) => desk.run((all) => all.openOperation({ request, holder: desk.holder })),
    act: (desk) =>
      desk.run((all) =>
        all.closeOperation({
          identity: 'orders',
          operation: desk.holder.operation,
          result: 'completed',
          waivers: [],
          current: desk.old,
        }),
      ),
  },
  isRunning: { kind: 'read', act: (desk) => desk.run((all) => all.isRunning(desk.holder)) },
  parseIdentity: { kind: 'read', act: (desk) => desk.run((all) => all.parseIdentity({ spec: desk.world.declared() })) },
  notifyPeople: {
    kind: 'message',
    act: (desk) =>
      desk.run((all) =>
        all.notifyPeople({ identity: 'orders', operation: 'o', kind: 'ended', text: 'done', to: ['dana'] }),
      ),
  },
  surveyIdentity: { kind: 'read', act: (desk) => desk.run((all) => all.surveyIdentity({ record: desk.record })) },
  checkReadiness: {
    kind: 'read',
    act: (desk) => desk.run((all) => all.checkReadiness({ record: desk.record, current: desk.old, resuming: false })),
  },
  sealSecret: { kind: 'write', act: (desk) => desk.run((all) => all.sealSecret(desk.minting)) },
  installCredential: {
    kind: 'write',
    prepare: (desk) => desk.run((all) => all.sealSecret(desk.minting)),
    // Sealing again returns what was sealed first, so both calls install the same secret.
    act: async (desk) => {
      const secret = await desk.run((all) => all.sealSecret(desk.minting));
      return desk.run((all) => all.installCredential({ ...desk.minting, secret, replacing: desk.old.ref }));
    },
  },
  issueCredential: {
    kind: 'write',
    shape: 'overlap',
    act: (desk) => desk.run((all) => all.issueCredential(desk.minting)),
  },
  findSealed: {
    kind: 'read',
    shape: 'overlap',
    prepare: withFresh,
    act: (desk) => desk.run((all) => all.findSealed(desk.minting)),
  },
  listCredentials: { kind: 'read', act: (desk) => desk.run((all) => all.listCredentials(desk.minting)) },
  proveCredential: {
    kind: 'read',
    prepare: withFresh,
    act: (desk) => desk.run((all) => all.proveCredential({ credential: fresh(desk), ...patience })),
  },
  proveRefused: {
    kind: 'read',
    prepare: async (desk) => {
      await withFresh(desk);
      await desk.run((all) => all.revokeCredential(destruction(desk)));
    },
    act: (desk) => desk.run((all) => all.proveRefused({ old: desk.old, fresh: fresh(desk), ...patience })),
  },
  readLastUse: { kind: 'read', act: (desk) => desk.run((all) => all.readLastUse({ ref: desk.old.ref })) },
  disableCredential: {
    kind: 'write',
    prepare: withFresh,
    act: (desk) => desk.run((all) => all.disableCredential(destruction(desk))),
  },
  enableCredential: {
    kind: 'write',
    prepare: async (desk) => {
      await withFresh(desk);
      await desk.run((all) => all.disableCredential(destruction(desk)));
    },
    act: (desk) =>
      desk.run((all) => all.enableCredential({ ...desk.by, ref: desk.old.ref, operation: 'rotate/orders/1/r/enable' })),
  },
  revokeCredential: {
    kind: 'write',
    prepare: withFresh,
    act: (desk) => desk.run((all) => all.revokeCredential(destruction(desk))),
  },
  // The system in memory keeps no sessions: this shows only that the second call is taken.
  endSessions: {
    kind: 'read',
    act: (desk) => desk.run((all) => all.endSessions({ ...desk.by, ref: desk.old.ref, operation: 'o' })),
  },
  retireOrphan: {
    kind: 'write',
    shape: 'overlap',
    prepare: withFresh,
    act: (desk) =>
      desk.run((all) => all.retireOrphan({ ...desk.by, ref: fresh(desk).ref, operation: 'rotate/orders/1/r/orphan' })),
  },
  destroySecret: {
    kind: 'write',
    prepare: withFresh,
    act: (desk) =>
      desk.run((all) =>
        all.destroySecret({
          ...desk.by,
          dead: fresh(desk).secret,
          successor: desk.old,
          operation: 'rotate/orders/1/r/destroy',
        }),
      ),
  },
  retractCredential: {
    kind: 'write',
    prepare: withFresh,
    act: (desk) => desk.run((all) => all.retractCredential({ ...desk.minting, survivor: desk.old })),
  },
  restoreCredential: {
    kind: 'write',
    shape: 'in-place',
    prepare: withFresh,
    act: (desk) => desk.run((all) => all.restoreCredential({ ...desk.minting, survivor: desk.old })),
  },
  deliverCredential: {
    kind: 'write',
    prepare: withFresh,
    act: (desk) => desk.run((all) => all.deliverCredential(move(desk))),
  },
  applyConsumer: {
    kind: 'write',
    prepare: async (desk) => {
      await withFresh(desk);
      await desk.run((all) => all.deliverCredential(move(desk)));
    },
    act: (desk) => desk.run((all) => all.applyConsumer(move(desk))),
  },
  listEntitlements: { kind: 'read', act: (desk) => desk.run((all) => all.listEntitlements(grants)) },
  checkEntitlements: { kind: 'read', act: (desk) => desk.run((all) => all.checkEntitlements(grants)) },
  removeEntitlement: {
    kind: 'write',
    prepare: async (desk) => desk.world.entitlements.give('orders', 'read'),
    act: (desk) =>
      desk.run((all) => all.removeEntitlement({ ...desk.by, ...grants, id: 'read', operation: 'contain/orders/1/r' })),
  },
  proveEntitlementGone: {
    kind: 'read',
    act: (desk) => desk.run((all) => all.proveEntitlementGone({ ...grants, id: 'read', ...patience })),
  },
  verifyConsumer: {
    kind: 'read',
    act: (desk) => desk.run((all) => all.verifyConsumer({ ...move(desk), ...patience })),
  },
  ...exposureCases,
  ...offboardingCases,
};

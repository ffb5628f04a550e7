import type { AccountAt } from '../../activities/entitlements.ts';
import type { Entitlement } from '../../contract/entitlements.ts';
import { StepFailed } from './failure.ts';
import type { Runbook } from './runbook.ts';
import { urgently } from './snapshot.ts';

/** What was held beyond the credentials, and what became of it, in words. */
export interface Swept {
  readonly removed: string[];
  /** What a person must hand over before it can go. */
  byHand: readonly ByHand[];
  /** What somebody has waived. */
  readonly waived: string[];
}

export interface ByHand extends AccountAt {
  readonly id: string;
  readonly what: string;
  /** What the person has to do. */
  readonly byHand: string;
}

/**
 * Takes away whatever else the identity may do, wherever the manifest says that it may hold something: one by one, each seen to be
 * gone. What only a person can hand over is named. An account that the system does not know is no proof that nothing is held.
 */
export async function sweepEntitlements(run: Runbook): Promise<Swept> {
  const swept: Swept = { removed: [], byHand: [], waived: [] };
  // Identities that were declared before this release have none.
  const accounts = run.record.spec.entitlements ?? [];
  await Promise.all(accounts.map((account) => sweepAccount(run, account, swept)));
  return swept;
}

async function sweepAccount(run: Runbook, at: AccountAt, swept: Swept): Promise<void> {
  const waived = new Set<string>();
  for (;;) {
    const held = await list(run, at, swept);
    const left = held.filter(({ id, byHand }) => byHand === undefined && !waived.has(id));
    if (left.length === 0) {
      for (const { id, what, byHand } of held) {
        if (byHand) swept.byHand = [...swept.byHand, { ...at, id, what, byHand }];
        else swept.waived.push(`${what}, waived`);
      }
      return;
    }
    for (const entitlement of left) {
      const removed = await remove(run, at, entitlement);
      if (removed) swept.removed.push(entitlement.what);
      else waived.add(entitlement.id);
    }
  }
}

async function list(run: Runbook, at: AccountAt, swept: Swept): Promise<readonly Entitlement[]> {
  const step = { name: 'entitlements', object: `${at.account} at ${at.connection}`, persistent: true };
  const listed = await run.persist(step, `ACCESS STILL LIVE: what ${step.object} may do is not known`, () =>
    run.step(
      step,
      () => run.commands(`what may ${step.object} do`, urgently).listEntitlements(at),
      ({ held, more }) => `${held.length + more} held`,
    ),
  );
  if ('done' in listed) return listed.done.held;
  swept.waived.push(`what ${step.object} may do, which was not seen: waived by ${listed.waived.by}`);
  return [];
}

/** Returns false where a named person waived it. */
async function remove(run: Runbook, at: AccountAt, { id, what }: Entitlement): Promise<boolean> {
  const { within } = run.record.spec.credential.propagation;
  const { connection, account } = at;
  const step = { name: 'take away', object: what, persistent: true };
  const operation = `${run.operation}/take-away/${id}`;
  const ended = await run.persist(step, `ACCESS STILL LIVE: ${what}`, () =>
    run.step(
      step,
      async () => {
        const does = run.commands(`take from ${account}: ${what}`, { ...urgently, takes: within + 30_000 });
        await does.removeEntitlement({ ...run.by, connection, account, id, operation });
        const gone = await does.proveEntitlementGone({ connection, account, id, within, successes: 1 });
        if (gone.is !== 'yes') throw new StepFailed('conflict', `it was not seen to be gone: ${gone.because}`);
        return gone.because;
      },
      (because) => because,
    ),
  );
  return 'done' in ended;
}

import { words } from '../../contract/duration-words.ts';
import type { Item } from '../../contract/messages.ts';
import type { SecretRef } from '../../contract/references.ts';
import { offboardingTimes } from '../rules/offboarding.ts';
import { disableAll, proveAllEnded, sweepLate } from './contain.ts';
import { tellAndNote } from './ending.ts';
import { chosenBy } from './choices.ts';
import { inquire } from './inquiry.ts';
import { waivedBy } from './interventions.ts';
import { briefly } from './plan.ts';
import type { Runbook } from './runbook.ts';
import { soughtBy, urgently, type Exposed } from './snapshot.ts';
import { sweepEntitlements, type ByHand, type Swept } from './sweep.ts';

/** A person says of each consumer that it is gone or moved: "unused" is a claim, and what is seen to run on it disproves it (F24). */
export async function confirmConsumersGone(run: Runbook, exposed: Exposed): Promise<void> {
  const { spec } = run.record;
  await inquire(run, exposed, {
    answers: {
      gone: (consumer) => `Is consumer ${consumer} out of service itself, so that nobody misses ${spec.id} there?`,
      moved: (consumer) => `Was consumer ${consumer} moved to something else than ${spec.id}?`,
    },
    waiver: (consumer) =>
      `Take ${spec.id} out of service although consumer ${consumer} is neither gone nor moved? A reason is required.`,
    off: {
      id: 'keep',
      question: `Is ${spec.id} still needed? Leave everything as it is. A reason is required.`,
      commands: ['disable nothing, and end the offboarding'],
    },
    calledOff: 'kept in service',
    spec: spec.gates.offboarding ?? spec.gates.retirement,
    against: (consumer) => seenRunning(run, consumer),
  });
}

/** Who does not answer is taken to be gone, on the word of the person; who answers that it works is not. */
async function seenRunning(run: Runbook, consumer: string): Promise<string | undefined> {
  const { spec } = run.record;
  const alone = { ...spec, consumers: spec.consumers.filter(({ id }) => id === consumer) };
  const seen = await run
    .commands(`does ${consumer} run on it still`, briefly)
    .describeExposed({ record: { ...run.record, spec: alone }, refs: [] })
    .catch(() => undefined);
  const verdict = seen?.consumers[0];
  return verdict?.is === 'yes' ? `it is seen to run on it still: ${verdict.because}` : undefined;
}

/** Stops everything where that can be taken back, and waits: whoever was forgotten shows now, and an abort helps them. */
export async function disableAndWatch(run: Runbook, exposed: Exposed): Promise<void> {
  if (!exposed.exposure.suspends) return;
  const live = exposed.exposure.listed.filter(({ status }) => status === 'live');
  for (const { ref } of live)
    run.wayBack.register({
      name: 'enable',
      object: ref.id,
      act: async () => {
        const does = run.commands(`enable ${ref.id} again`);
        await does.enableCredential({ ...run.by, ref, operation: `${run.operation}/enable/${ref.id}` });
        run.live.add(ref.id);
      },
    });
  await disableAll(run, exposed);
  const { observe } = offboardingTimes(run.record.spec);
  await run.step(
    { name: 'watch', object: run.identity },
    () => run.orders.wait(observe, `${words(observe)} with everything disabled`),
    () => `${words(observe)} passed, and nobody had it enabled again`,
  );
}

/** What the system gives up to nobody is given to a named owner by a person, and seen to be gone from here; or waived. */
export async function handOver(run: Runbook, { byHand }: Swept): Promise<readonly Item[]> {
  return Promise.all(byHand.map(async (held) => ({ what: held.what, became: await handOne(run, held) })));
}

async function handOne(run: Runbook, held: ByHand): Promise<string> {
  const { connection, account, id, what, byHand } = held;
  const { within } = run.record.spec.credential.propagation;
  const { gates } = run.record.spec;
  const common = { spec: gates.offboarding ?? gates.retirement, reasonRequired: true };
  for (let seen = `${what}: held still`; ;) {
    const evidence = [seen, `what it takes: ${byHand}`];
    const decided = await run.gates.ask(
      [
        {
          ...common,
          evidence,
          id: `transferred-${id}`,
          question: `To whom was this given: ${what}? Name the new owner in the comment.`,
          commands: ['look whether it is gone from here, and name its new owner in the record'],
        },
        {
          ...common,
          evidence,
          id: `waive-${id}`,
          question: `Leave this as it is: ${what}? A reason is required, and it stays on the record with your name.`,
          commands: ['go on although it is held still'],
        },
      ],
      false,
    );
    await run.orders.ready();
    if (decided.id.startsWith('waive-'))
      return waivedBy(run.interventions.waive({ name: 'hand over', object: what }, chosenBy(decided, ['waive'])));
    const last = decided.approvals.at(-1);
    const said = `transferred to ${last?.comment ?? 'nobody named'}, on the word of ${last?.by ?? 'nobody'}`;
    const gone = await run
      .commands(`is it gone from ${account}: ${what}`, { ...briefly, takes: within + 30_000 })
      .proveEntitlementGone({ connection, account, id, within, successes: 1 })
      .catch(() => undefined);
    if (gone?.is === 'yes') {
      run.note('hand over', what, `${said}; ${gone.because}`);
      return said;
    }
    seen = `${what}: ${said}, but ${gone?.because ?? 'it could not be asked whether it is gone'}`;
  }
}

/** Nothing begins by itself any more. */
export async function endSchedules(run: Runbook): Promise<void> {
  const step = { name: 'end schedules', object: run.identity, persistent: true };
  await run.persist(step, 'whether something will begin by itself is not known', () =>
    run.step(step, () => run.commands('end its schedules', urgently).endSchedules(run.by)),
  );
}

/**
 * Long afterwards all is looked at once more, with the secrets still at hand to try. What has come back is ended again, its owner
 * hears of it, and the time begins anew: it is over when nothing was found.
 */
export async function lookAgainLater(run: Runbook, exposed: Exposed): Promise<void> {
  const { reprobe } = offboardingTimes(run.record.spec);
  for (;;) {
    run.board.enter('watching');
    await run.step({ name: 'wait', object: run.identity }, () =>
      run.orders.wait(reprobe, `${words(reprobe)} until all is looked at once more`),
    );
    run.board.enter('offboarding');
    const back = await sweepLate(run, exposed);
    const { removed } = await sweepEntitlements(run);
    await proveAllEnded(run, exposed);
    if (back + removed.length === 0) return run.note('look again', run.identity, 'all is gone still');
    const text = `REOPENED: ${back} credentials and ${removed.length} entitlements of ${run.identity} had come back, and were ended again`;
    run.note('look again', run.identity, text);
    tellAndNote(run, 'reopened', text, [run.record.spec.owner]);
  }
}

/** Only now, since a secret that is destroyed can't be tried any more. What Keyturn did not put there is left to its owner. */
export async function destroySecrets(run: Runbook): Promise<readonly Item[]> {
  const find = { name: 'find secrets', object: run.identity, persistent: true };
  const found = await run.persist(find, 'where secrets of it rest is not known', () =>
    run.step(
      find,
      () => run.commands('where do its secrets rest', urgently).findSecrets(soughtBy(run)),
      ({ length }) => `${length} found`,
    ),
  );
  if ('waived' in found) return [{ what: 'its secrets in the store', became: waivedBy(found.waived) }];
  return Promise.all(found.done.map((ref) => destroyOne(run, ref)));
}

async function destroyOne(run: Runbook, ref: SecretRef): Promise<Item> {
  const what = `secret at ${ref.path}`;
  const step = { name: 'destroy', object: what, persistent: true };
  const operation = `${run.operation}/destroy/${ref.path}`;
  const destroyed = await run.persist(step, `${what} is not destroyed`, () =>
    run.step(
      step,
      () => run.commands(`destroy ${what}`, urgently).destroyRemains({ ...run.by, ref, operation }),
      (ours) => (ours ? 'destroyed' : notOurs),
    ),
  );
  if ('waived' in destroyed) return { what, became: waivedBy(destroyed.waived) };
  return { what, became: destroyed.done ? 'destroyed' : notOurs };
}

const notOurs = 'left to its owner: Keyturn did not put it there';

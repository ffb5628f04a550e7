import type { ConsumerSpec } from '../../contract/identity.ts';
import type { Credential } from '../../contract/references.ts';
import type { Verdict } from '../../contract/verdict.ts';
import { waves } from '../rules/waves.ts';
import { StepFailed } from './failure.ts';
import { now } from './journal.ts';
import type { Rotation } from './plan.ts';
import { askPersonToMove } from './questions.ts';
import type { Runbook } from './runbook.ts';
import type { Undo } from './steps.ts';

/** Moves every consumer to the new credential in the declared order, canary first, and sees each one run on it. */
export async function moveConsumers(run: Runbook, plan: Rotation, fresh: Credential): Promise<void> {
  run.board.enter('moving-consumers');
  await run.step({ name: 'note', object: fresh.ref.id }, () =>
    run
      .commands('tell the lifecycle of the new credential')
      .noteSuccessor({ ...run.by, successor: fresh, replaces: plan.old }),
  );
  for (const wave of waves(plan.record.spec.consumers))
    await together(run, wave, (consumer) => moveOne(run, plan, consumer, fresh));
}

/** Sees every consumer run on the credential, again. A waived one stays waived. */
export async function verifyConsumers(
  run: Runbook,
  plan: Rotation,
  fresh: Credential,
  choices: readonly ('retry' | 'waive' | 'roll-back')[],
): Promise<void> {
  const machines = plan.record.spec.consumers.filter(({ id }) => isMachine(plan, id) && !isWaived(plan, id));
  await together(run, machines, async (consumer) => {
    const seen = await run.insist({ name: 'verify', object: consumer.id }, choices, () =>
      verify(run, plan, consumer, fresh),
    );
    plan.consumers.set(consumer.id, 'done' in seen ? seen.done : seen.waived);
  });
}

async function moveOne(run: Runbook, plan: Rotation, consumer: ConsumerSpec, fresh: Credential): Promise<void> {
  const act = () =>
    isMachine(plan, consumer.id) ? moveByMachine(run, plan, consumer, fresh) : moveByPerson(run, plan, consumer, fresh);
  const moved = await run.insist({ name: 'move', object: consumer.id }, ['retry', 'waive', 'roll-back'], act);
  plan.consumers.set(consumer.id, 'done' in moved ? moved.done : moved.waived);
}

async function moveByMachine(
  run: Runbook,
  plan: Rotation,
  consumer: ConsumerSpec,
  fresh: Credential,
): Promise<Verdict> {
  const undo = { name: 'move back', object: consumer.id, act: () => moveBack(run, plan, consumer) };
  await deliver(run, plan, consumer, fresh, plan.oldWorks ? undo : undefined);
  return verify(run, plan, consumer, fresh);
}

async function deliver(
  run: Runbook,
  plan: Rotation,
  consumer: ConsumerSpec,
  credential: Credential,
  undo: Undo | undefined,
): Promise<void> {
  const object = consumer.id;
  const move = { ...run.by, consumer, credential, operation: `${run.operation}/${credential.secret.fingerprint}` };
  await run.step({ name: 'deliver', object, ...(undo ? { undo } : {}) }, () =>
    run.commands(`deliver ${credential.ref.id} to ${object}`).deliverCredential(move),
  );
  if (!applies(plan, object)) return;
  await run.step({ name: 'apply', object }, () => run.commands(`make ${object} take it up`).applyConsumer(move));
}

/** In-place the old secret must work again before a consumer can be seen to run on it; elsewhere it never stopped. */
async function moveBack(run: Runbook, plan: Rotation, consumer: ConsumerSpec): Promise<void> {
  const { old, strategy, record } = plan;
  const { connection, account } = record.spec.credential;
  const commands = run.commands(`move ${consumer.id} back to ${old.ref.id}`);
  if (strategy === 'in-place') {
    await commands.restoreCredential({
      ...run.by,
      connection,
      account,
      operation: run.operation,
      survivor: old,
    });
  }
  if (strategy !== 'in-place') await insistThatOldWorks(run, plan);
  const move = { ...run.by, consumer, credential: old, operation: `${run.operation}/back` };
  await commands.deliverCredential(move);
  if (applies(plan, consumer.id)) await commands.applyConsumer(move);
  insistOnYes(await askConsumer(run, plan, consumer, old), consumer.id);
}

async function verify(run: Runbook, plan: Rotation, consumer: ConsumerSpec, credential: Credential): Promise<Verdict> {
  return run.step(
    { name: 'verify', object: consumer.id },
    async () => insistOnYes(await askConsumer(run, plan, consumer, credential), consumer.id),
    ({ because }) => because,
  );
}

function askConsumer(
  run: Runbook,
  { record }: Rotation,
  consumer: ConsumerSpec,
  credential: Credential,
): Promise<Verdict> {
  const { within } = record.spec.credential.propagation;
  return run
    .commands(`is ${consumer.id} running on ${credential.ref.id}`, { takes: within + 30_000 })
    .verifyConsumer({ consumer, credential, within, successes: 1 });
}

function insistOnYes(verdict: Verdict, object: string): Verdict {
  if (verdict.is === 'yes') return verdict;
  throw new StepFailed('conflict', `${object} was not seen on it: ${verdict.is}, ${verdict.because}`);
}

async function moveByPerson(run: Runbook, plan: Rotation, { id }: ConsumerSpec, fresh: Credential): Promise<Verdict> {
  const undo = { name: 'have a person move back', object: id, act: () => byPerson(run, plan, id, plan.old) };
  return run.step(
    { name: 'have a person move', object: id, undo },
    () => byPerson(run, plan, id, fresh),
    ({ because }) => because,
  );
}

async function byPerson(run: Runbook, { survey }: Rotation, id: string, to: Credential): Promise<Verdict> {
  const ability = survey.consumers[id];
  const { state, approvals } = await askPersonToMove(run, id, ability?.by === 'person' ? ability.instructions : '', to);
  const by = approvals.at(-1)?.by;
  if (state !== 'approved' || !by)
    throw new StepFailed('conflict', `nobody confirmed that ${id} runs on ${to.ref.id}: ${state}`);
  return { is: 'yes', because: `moved and seen to work by ${by} (unproven)`, at: now() };
}

/** Runs one wave side by side. The first that gives up makes the others stop at their next step, and then it is thrown. */
async function together<Item>(run: Runbook, items: readonly Item[], act: (item: Item) => Promise<void>): Promise<void> {
  const ended = await Promise.allSettled(
    items.map((item) =>
      act(item).catch((error: unknown) => {
        run.orders.stop(error instanceof Error ? error.message : 'a parallel step gave up');
        throw error;
      }),
    ),
  );
  const failed = ended.find((each) => each.status === 'rejected');
  if (failed) throw failed.reason;
}

function applies({ survey }: Rotation, id: string): boolean {
  const ability = survey.consumers[id];
  return ability?.by === 'machine' && ability.applies;
}

function isMachine({ survey }: Rotation, id: string): boolean {
  return survey.consumers[id]?.by === 'machine';
}

function isWaived({ consumers }: Rotation, id: string): boolean {
  const proof = consumers.get(id);
  return proof !== undefined && !('is' in proof);
}

/** A consumer that works is not moved onto a credential that does not. */
async function insistThatOldWorks(run: Runbook, { old, record }: Rotation): Promise<void> {
  const { within } = record.spec.credential.propagation;
  const { is, because } = await run
    .commands(`does ${old.ref.id} still work`, { takes: within + 30_000 })
    .proveCredential({ credential: old, within, successes: 1 });
  if (is !== 'yes')
    throw new StepFailed('conflict', `${old.ref.id} was not seen to work, so nobody is moved back to it: ${because}`);
}

import {
  ActivityFailure,
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  condition,
  proxyActivities,
  sleep,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { Activities } from '../src/activities/index.ts';
import type { Survey } from '../src/activities/survey.ts';
import type { ConsumerSpec, IdentityRecord } from '../src/contract/identity.ts';
import type { OperationOutcome } from '../src/contract/messages.ts';
import type { Credential } from '../src/contract/references.ts';
import type { RotateRequest } from '../src/contract/request.ts';
import type { Verdict } from '../src/contract/verdict.ts';
import { attributePairs } from '../src/workflows/runbook/attributes.ts';
import { EqualRun } from './equal-run.ts';

export { identityLifecycle } from '../src/workflows/identity-lifecycle.ts';

const calls = proxyActivities<Activities>({
  startToCloseTimeout: '2 minutes',
  scheduleToCloseTimeout: '10 minutes',
  heartbeatTimeout: '10 seconds',
});

/**
 * The rotation with the guarantees of the product's, as one would write it by hand on Temporal's SDK for one kind of
 * credential. It gives the product's commands, so each of them keeps the same promise, and the product's lifecycle holds the
 * identity; what is by hand is all that stands around them. docs/bench.md says which branches it does not have.
 */
export async function equalRotation(request: RotateRequest): Promise<OperationOutcome> {
  const { workflowId, runId, firstExecutionRunId } = workflowInfo();
  const operation = `${workflowId}/${firstExecutionRunId}`;
  const { identity } = request;
  const run = new EqualRun(operation, request.requestedBy);
  return CancellationScope.nonCancellable(async () => {
    const holder = { operation, verb: 'rotateCredential', workflowId, runId };
    const { record } = await run.step('hold', () => calls.openOperation({ request, holder }));
    upsertSearchAttributes(attributePairs(holder.verb, record.spec, 'starting'));
    const by = { identity, holder };
    const outcome = await rotate(run, record, by).catch((error: unknown) => rollBack(run, error));
    const { fresh, ...told } = outcome;
    const current = fresh ? { current: fresh } : {};
    await calls.closeOperation({ identity, operation, result: told.result, waivers: [], ...current });
    run.enter(told.result === 'completed' ? 'done' : told.result);
    const text = `rotateCredential: ${told.result}, ${told.because}`;
    await calls.notifyPeople({ identity, operation, kind: 'ended', text, to: [record.spec.owner] }).catch(() => {});
    await condition(allHandlersFinished);
    return told;
  });
}

type By = Pick<Parameters<Activities['noteSuccessor']>[0], 'identity' | 'holder'>;

async function rotate(
  run: EqualRun,
  record: IdentityRecord,
  by: By,
): Promise<OperationOutcome & { fresh: Credential }> {
  const { spec } = record;
  const { connection, account, propagation } = spec.credential;
  const survey = await run.step('plan', () => calls.surveyIdentity({ record }));
  const old = survey.current;
  run.enter('checking');
  const ready = { record, current: old, resuming: false };
  for (const { verdict } of await run.step('preflight', () => calls.checkReadiness(ready))) insist(verdict);
  if (survey.listed.length >= (survey.maxLive ?? Infinity)) throw failed('no free slot');

  run.enter('issuing');
  const minting = { ...by, connection, account, operation: `${by.holder.operation}/1` };
  const takeBack = () => calls.retractCredential({ ...minting, survivor: old });
  const secret = await run.step('seal', () => calls.sealSecret(minting), takeBack);
  const install = { ...minting, secret, replacing: old.ref };
  const fresh = await run.step('install', () => calls.installCredential(install));
  const proof = await run.step('prove', () => calls.proveCredential({ credential: fresh, ...propagation }));
  insist(proof);

  run.enter('moving-consumers');
  await run.step('note', () => calls.noteSuccessor({ ...by, successor: fresh }));
  await Promise.all(spec.consumers.map((consumer) => move(run, by, consumer, survey, fresh)));
  await run.step('quiet', () => sleep(spec.quiet));
  await confirmed(run, record, by, survey, fresh);
  await retire(run, record, by, old, fresh);
  return settle(run, record, by, old, fresh);
}

async function move(run: EqualRun, by: By, consumer: ConsumerSpec, { current: old }: Survey, fresh: Credential) {
  const given = (credential: Credential, operation: string) => ({ ...by, consumer, credential, operation });
  const there = given(fresh, `${by.holder.operation}/${fresh.secret.fingerprint}`);
  const back = given(old, `${by.holder.operation}/back`);
  const moveBack = async () => {
    await calls.deliverCredential(back);
    await calls.applyConsumer(back);
  };
  await run.step(`deliver ${consumer.id}`, () => calls.deliverCredential(there), moveBack);
  await run.step(`apply ${consumer.id}`, () => calls.applyConsumer(there));
  await verify(run, consumer, fresh);
}

async function verify(run: EqualRun, consumer: ConsumerSpec, credential: Credential): Promise<void> {
  const asked = { consumer, credential, within: 60_000, successes: 1 };
  insist(await run.step(`verify ${consumer.id}`, () => calls.verifyConsumer(asked)));
}

async function verifyAll(run: EqualRun, { spec }: IdentityRecord, fresh: Credential): Promise<void> {
  await Promise.all(spec.consumers.map((consumer) => verify(run, consumer, fresh)));
}

/** Asks until somebody decides. An answer may come days later, so everything is seen once more after it. */
async function confirmed(run: EqualRun, record: IdentityRecord, by: By, { current: old }: Survey, fresh: Credential) {
  const { identity, holder } = by;
  const spec = record.spec.gates.retirement;
  for (;;) {
    const { at } = await run.step('last use', () => calls.readLastUse({ ref: old.ref }));
    const question = `May ${old.ref.id} be retired?`;
    const commands = [`disable ${old.ref.id}`, `observe`, `revoke ${old.ref.id}`, `end the sessions of ${old.ref.id}`];
    const evidence = [`last used ${at}`, ...record.spec.consumers.map(({ id }) => `${id} runs on ${fresh.ref.id}`)];
    const notice = { identity, operation: holder.operation, kind: 'gate-opened', text: question } as const;
    const tell = () => calls.notifyPeople({ ...notice, to: spec.approvers });
    const state = await run.ask('retirement', question, commands, evidence, spec, tell);
    if (state === 'rejected' || state === 'open') throw failed(`the gate was ${state === 'open' ? 'void' : state}`);
    await verifyAll(run, record, fresh);
    if (state === 'approved') return;
  }
}

async function retire(run: EqualRun, record: IdentityRecord, by: By, old: Credential, fresh: Credential) {
  const { operation } = by.holder;
  const victim = { ...by, victim: old, survivor: fresh };
  const ending = { ...by, ref: old.ref };
  run.enter('retiring');
  const enable = () => calls.enableCredential({ ...ending, operation: `${operation}/enable` });
  await run.step('disable', () => calls.disableCredential({ ...victim, operation: `${operation}/disable` }), enable);
  await run.step('observe', () => sleep(record.spec.observe));
  await verifyAll(run, record, fresh);
  run.forwardOnly();
  const { intervention } = record.spec.gates;
  const revoked = { ...victim, operation: `${operation}/revoke` };
  await run.insist('revoke', intervention, () => calls.revokeCredential(revoked));
  const ended = { ...ending, operation: `${operation}/sessions` };
  await run.insist('end sessions', intervention, () => calls.endSessions(ended));
}

async function settle(run: EqualRun, { spec }: IdentityRecord, by: By, old: Credential, fresh: Credential) {
  const { intervention } = spec.gates;
  const { connection, account, propagation } = spec.credential;
  const asked = { old, fresh, within: propagation.within, successes: 2 };
  await run.insist('prove refused', intervention, async () => insist(await calls.proveRefused(asked)));
  const buried = { ...by, dead: old.secret, successor: fresh, operation: `${by.holder.operation}/destroy` };
  await run.insist('destroy', intervention, () => calls.destroySecret(buried));
  const listed = await run.insist('account', intervention, () => calls.listCredentials({ connection, account }));
  const found = listed.map(({ ref }) => ref.id).filter((id) => id !== fresh.ref.id);
  return { result: 'completed', because: `${old.ref.id} is refused`, found, fresh } as const;
}

/** Who no longer holds the identity changes nothing more, not even back. */
async function rollBack(run: EqualRun, error: unknown): Promise<OperationOutcome & { fresh?: undefined }> {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  if (!(cause instanceof ApplicationFailure)) throw error;
  if (cause.type === 'hold_lost') return { result: 'stopped', because: cause.message, found: [] };
  await run.rollBack();
  return { result: 'rolled-back', because: cause.message, found: [] };
}

function insist(verdict: Verdict): void {
  if (verdict.is !== 'yes') throw failed(`${verdict.is}: ${verdict.because}`);
}

function failed(because: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(because, 'conflict');
}

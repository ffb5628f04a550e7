import type { WorkflowHandle } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import { createActivities } from '../src/activities/index.ts';
import type { ActivityWorld } from '../src/activities/world.ts';
import type { Credential } from '../src/contract/references.ts';
import { bundleOf, type Bench } from './bench.ts';
import { type Account, ManyAccounts } from './many-accounts.ts';
import { type BareRequest, providerCalls, rotateBare } from './provider-calls.ts';
import { tryGuarantees } from './tried-guarantees.ts';

/** One way to rotate a credential, over and over. */
export interface Variant {
  readonly name: Held | 'minimal' | 'bare';
  /** Rotates the account at this index once; a gate is answered as soon as it is announced. Returns the run, if there is one. */
  rotate(index: number): Promise<WorkflowHandle | undefined>;
  /** Tries the guarantees that can be seen from outside, and throws when one is missing. */
  tried?(): Promise<void>;
  /** The workflow that keeps the account's record, where there is one. */
  record?(index: number): WorkflowHandle;
  close(): Promise<void>;
}

const consumersEach = 2;
/** Ways that hold the identity. `unasked` is `equal` whose writes don't ask who holds it: what these questions cost. */
type Held = 'keyturn' | 'equal' | 'unasked';
const rotation = { keyturn: 'rotateCredential', equal: 'equalRotation', unasked: 'equalRotation' } as const;
const approver = 'dana@example.com';
/** As the product's worker polls. */
export const pollers = {
  workflowTaskPollerBehavior: { type: 'autoscaling' },
  activityTaskPollerBehavior: { type: 'autoscaling' },
} as const;

/** Tells an identity to its lifecycle, which starts. */
export async function declare({ client }: Bench, taskQueue: string, account: Account): Promise<void> {
  const start = { taskQueue, workflowId: `identity/${account.id}`, args: [{ id: account.id }] };
  const lifecycle = await client.workflow.start('identityLifecycle', start);
  await lifecycle.executeUpdate('declare', { args: [account.declared] });
}

/** Starts a rotation and resolves when its gate is open. */
export async function rotateToGate(
  { client }: Bench,
  taskQueue: string,
  many: ManyAccounts,
  account: Account,
  type = 'rotateCredential',
): Promise<WorkflowHandle> {
  const gate = many.gateOf(account);
  const run = await client.workflow.start(type, {
    taskQueue,
    workflowId: `rotate/${account.id}/${crypto.randomUUID()}`,
    args: [{ identity: account.id, reason: 'a measurement', requestedBy: 'bench' }],
  });
  await gate;
  return run;
}

export async function confirm(run: WorkflowHandle, gate = 'retirement'): Promise<void> {
  const answer = await run.executeUpdate<{ outcome: string }, [object]>('confirm', {
    args: [{ gate, decision: 'approve', approver }],
  });
  if (answer.outcome !== 'accepted') throw new Error('the decision was not taken');
}

/** Workflows that hold the identity while they rotate: ours, or the ones by hand. Their lifecycles know all accounts from the start. */
export async function heldVariant(bench: Bench, count: number, name: Held): Promise<Variant> {
  // One more than are rotated: what is promised is tried on it.
  const many = new ManyAccounts(name, count + 1, consumersEach);
  const taskQueue = `bench-${name}`;
  const activities = createActivities(name === 'unasked' ? unasked(many.world) : many.world);
  const workflowBundle = await bundleOf(name === 'keyturn' ? name : 'equal');
  const close = await working(bench, { taskQueue, workflowBundle, activities });
  for (const account of many.accounts) await declare(bench, taskQueue, account);
  return {
    name,
    async tried() {
      const account = many.accounts.at(-1)!;
      const names = { type: rotation[name], taskQueue, identity: account.id };
      await tryGuarantees(bench, names, () => rotateToGate(bench, taskQueue, many, account, names.type));
    },
    async rotate(index) {
      const run = await rotateToGate(bench, taskQueue, many, many.accounts[index]!, rotation[name]);
      await confirm(run);
      const { result } = (await run.result()) as { result: string };
      if (result !== 'completed') throw new Error(`a rotation ended as ${result}`);
      return run;
    },
    record: (index) => bench.client.workflow.getHandle(`identity/${many.accounts[index]!.id}`),
    close,
  };
}

/** The same world, where the holder is known without asking: it is whoever was given the hold last. */
function unasked(world: ActivityWorld): ActivityWorld {
  const held = new Map<string, string>();
  const { lifecycles } = world;
  const open: typeof lifecycles.open = async (identity, holder) => {
    const opened = await lifecycles.open(identity, holder);
    if (opened.opened) held.set(identity, holder.operation);
    return opened;
  };
  return { ...world, lifecycles: { ...lifecycles, open, holderOf: async (identity) => held.get(identity) } };
}

/** The hand-written workflow on a worker of its own. */
export async function minimalVariant(bench: Bench, count: number): Promise<Variant> {
  const many = new ManyAccounts('minimal', count, consumersEach);
  const taskQueue = 'bench-minimal';
  const activities = providerCalls(many.world);
  const close = await working(bench, { taskQueue, workflowBundle: await bundleOf('minimal'), activities });
  const current = many.accounts.map(({ first }) => first);
  return {
    name: 'minimal',
    async rotate(index) {
      const account = many.accounts[index]!;
      const request = requestFor(account, current[index]!);
      const gate = many.gateOf(account);
      const start = { taskQueue, workflowId: request.operation, args: [request] };
      const run = await bench.client.workflow.start('minimalRotation', start);
      await gate;
      await run.signal('approve');
      current[index] = (await run.result()) as Credential;
      return run;
    },
    close,
  };
}

/** No Temporal at all. */
export function bareVariant(count: number): Variant {
  const many = new ManyAccounts('bare', count, consumersEach);
  const calls = providerCalls(many.world);
  const current = many.accounts.map(({ first }) => first);
  return {
    name: 'bare',
    async rotate(index) {
      current[index] = await rotateBare(calls, requestFor(many.accounts[index]!, current[index]!));
      return undefined;
    },
    close: async () => {},
  };
}

function requestFor({ id, consumers }: Account, old: Credential): BareRequest {
  return { identity: id, operation: `minimal/${id}/${crypto.randomUUID()}`, consumers, old };
}

async function working(
  { connection }: Bench,
  options: Omit<Parameters<typeof Worker.create>[0], 'connection'>,
): Promise<() => Promise<void>> {
  const worker = await Worker.create({ ...pollers, maxConcurrentActivityTaskExecutions: 100, ...options, connection });
  const running = worker.run();
  return async () => {
    shutDown(worker);
    await running;
  };
}

/** Lets a worker end. One that a signal has ended already, such as Ctrl-C, refuses to be told so again. */
export function shutDown(worker: Worker): void {
  if (worker.getState() === 'RUNNING') worker.shutdown();
}

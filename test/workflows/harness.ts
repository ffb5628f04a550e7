import { after, before } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Client, type WorkflowHandle } from '@temporalio/client';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { bundleWorkflowCode, DefaultLogger, Runtime, Worker, type WorkflowBundleOption } from '@temporalio/worker';
import { createActivities, type Activities } from '../../src/activities/index.ts';
import { converterPaths, dataConverter } from '../../src/codec/data-converter.ts';
import type {
  Confirm,
  ConfirmAnswer,
  GateStatus,
  JournalEntry,
  OperationOutcome,
  OperationStatus,
} from '../../src/contract/messages.ts';
import { searchAttributes } from '../../src/contract/search-attributes.ts';
import { timeSkippingServer } from '../../src/dev/backends/time-skipping.ts';
import type { MemoryWorld } from './memory-world.ts';

Runtime.install({ logger: new DefaultLogger('ERROR'), telemetryOptions: { logging: { filter: 'ERROR' } } });

export type Rotation = WorkflowHandle<() => Promise<OperationOutcome>>;

/** One Temporal test server that skips time, and one bundle, for the tests of one file. */
export class Harness {
  env!: TestWorkflowEnvironment;
  #bundle!: WorkflowBundleOption;
  #queues = 0;

  constructor() {
    before(async () => {
      const path = await timeSkippingServer();
      this.env = await TestWorkflowEnvironment.createTimeSkipping({
        server: { executable: { type: 'existing-path', path } },
      });
      await registerAttributes(this.env);
      this.#bundle = await bundleOnce();
    });
    after(() => this.env?.teardown());
  }

  /** Declares the identity in a world of its own, and runs `act` while a worker serves it. */
  async run<Value>(
    world: MemoryWorld,
    act: (stage: Stage) => Promise<Value>,
    options: RunOptions = {},
  ): Promise<Value> {
    const taskQueue = `keyturn-${(this.#queues += 1)}`;
    const activities = createActivities(world.activities());
    const worker = await Worker.create({
      connection: this.env.nativeConnection,
      taskQueue,
      dataConverter: dataConverter(undefined),
      workflowBundle: this.#bundle,
      activities: options.wrap ? options.wrap(activities) : activities,
      ...(options.replayEverything ? { maxCachedWorkflows: 0 } : {}),
    });
    return worker.runUntil(async () => {
      const stage = new Stage(this.env, taskQueue, world);
      await stage.declare(world.declared(options.declare));
      try {
        return await act(stage);
      } finally {
        await stage.clear();
      }
    });
  }
}

export interface RunOptions {
  readonly declare?: Record<string, unknown>;
  readonly wrap?: (activities: Activities) => Activities;
  readonly replayEverything?: boolean;
}

/** What a test does to one identity: start, look, decide, wait. */
export class Stage {
  readonly env: TestWorkflowEnvironment;
  readonly taskQueue: string;
  readonly world: MemoryWorld;
  #requests = 0;
  readonly #handles: Rotation[] = [];

  constructor(env: TestWorkflowEnvironment, taskQueue: string, world: MemoryWorld) {
    this.env = env;
    this.taskQueue = taskQueue;
    this.world = world;
  }

  get lifecycle(): WorkflowHandle {
    return this.env.client.workflow.getHandle('identity/orders');
  }

  async declare(spec: unknown): Promise<void> {
    await this.env.client.workflow.start('identityLifecycle', {
      taskQueue: this.taskQueue,
      workflowId: 'identity/orders',
      args: [{ id: 'orders' }],
    });
    await this.lifecycle.executeUpdate('declare', { args: [spec] });
  }

  async rotate(request: Record<string, unknown> = {}): Promise<Rotation> {
    const requestId = String((this.#requests += 1));
    const handle = await this.env.client.workflow.start('rotateCredential', {
      taskQueue: this.taskQueue,
      workflowId: `rotate/orders/${this.taskQueue}-${requestId}`,
      args: [{ identity: 'orders', reason: 'a test', requestedBy: 'rob@example.com', ...request }],
    });
    const run = handle as Rotation;
    // The client of the environment leaps while it waits for a result; one of our own does not.
    const patient = new Client({ connection: this.env.connection }).workflow.getHandle(run.workflowId);
    run.result = async () => {
      await this.#untilEnded(run);
      return (await patient.result()) as OperationOutcome;
    };
    this.#handles.push(run);
    return run;
  }

  /** Time is skipped in steps: left alone the server leaps to the next timer there is, which may be ten years away. */
  async #untilEnded(run: Rotation): Promise<void> {
    for (let round = 0; round < 400; round += 1) {
      if ((await run.describe()).status.name !== 'RUNNING') return;
      await this.env.sleep(round < 40 ? 25 : round < 60 ? 60_000 : 3_600_000);
    }
    throw new Error(`it does not end: ${JSON.stringify(await this.status(run), null, 1)}`);
  }

  /** Waits, in real time and then in skipped time, until a gate whose id begins so is open. */
  async gate(run: Rotation, id: string): Promise<GateStatus> {
    for (let round = 0; round < 150; round += 1) {
      const { gates, outcome } = await this.status(run);
      const open = gates.find((gate) => gate.id.startsWith(id) && gate.state === 'open');
      if (open) return open;
      if (outcome) throw new Error(`it ended without gate ${id}: ${outcome.result}, ${outcome.because}`);
      await this.env.sleep(round < 20 ? 50 : 60_000);
    }
    throw new Error(`no gate ${id}: ${JSON.stringify(await this.status(run), null, 1)}`);
  }

  status(run: Rotation): Promise<OperationStatus> {
    return run.query<OperationStatus>('status');
  }

  journal(run: Rotation): Promise<readonly JournalEntry[]> {
    return run.query<readonly JournalEntry[]>('journal');
  }

  confirm(run: Rotation, gate: string, sent: Partial<Confirm> = {}): Promise<ConfirmAnswer> {
    return run.executeUpdate<ConfirmAnswer, [Confirm]>('confirm', {
      args: [{ gate, decision: 'approve', approver: 'dana@example.com', ...sent }],
    });
  }

  /** Approves the gate that begins so, as Dana. */
  async approve(run: Rotation, gate: string, sent: Partial<Confirm> = {}): Promise<ConfirmAnswer> {
    return this.confirm(run, (await this.gate(run, gate)).id, sent);
  }

  async clear(): Promise<void> {
    for (const handle of [...this.#handles, this.lifecycle])
      await handle.terminate('the test is over').catch(() => undefined);
  }
}

/** The bundle that the runner has made for all files, or one of this file's own. */
async function bundleOnce(): Promise<WorkflowBundleOption> {
  const codePath = process.env['KEYTURN_TEST_BUNDLE'];
  if (codePath !== undefined) return { codePath };
  const workflowsPath = fileURLToPath(new URL('../../src/workflows/index.ts', import.meta.url));
  return bundleWorkflowCode({ workflowsPath, ...converterPaths(undefined), logger: new DefaultLogger('ERROR') });
}

async function registerAttributes({ connection, namespace }: TestWorkflowEnvironment): Promise<void> {
  const keyword = 2;
  const datetime = 6;
  const types = Object.entries(searchAttributes).map(([name, type]) => [name, type === 'KEYWORD' ? keyword : datetime]);
  await connection.operatorService.addSearchAttributes({
    namespace: namespace ?? 'default',
    searchAttributes: Object.fromEntries(types),
  });
}

import { after, before } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, type WorkflowHandle } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker, type WorkflowBundleOption } from '@temporalio/worker';
import { createActivities, type Activities } from '../../src/activities/index.ts';
import { dataConverter } from '../../src/codec/data-converter.ts';
import type { LifecycleRecord } from '../../src/contract/lifecycle.ts';
import type {
  Confirm,
  ConfirmAnswer,
  GateStatus,
  JournalEntry,
  OperationOutcome,
  OperationStatus,
} from '../../src/contract/messages.ts';
import { idPrefixes, type Operation } from '../../src/contract/request.ts';
import { isAtRest } from './at-rest.ts';
import type { MemoryWorld } from './memory-world.ts';
import { untilEnded } from './until-ended.ts';
import { startTestServer, workflowBundle, type ServerKind } from './test-server.ts';

export type Rotation = WorkflowHandle<() => Promise<OperationOutcome>>;

/** One Temporal test server that skips time, and one bundle, for the tests of one file. */
export class Harness {
  env!: TestWorkflowEnvironment;
  #bundle!: WorkflowBundleOption;
  #queues = 0;

  /** `real` takes Temporal's development server, which skips no time, instead of the test server. */
  constructor(server: ServerKind = 'time-skipping') {
    before(async () => {
      this.env = await startTestServer(server);
      this.#bundle = await workflowBundle();
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

  record(): Promise<LifecycleRecord> {
    return this.lifecycle.query<LifecycleRecord>('record');
  }

  async declare(spec: unknown): Promise<void> {
    await this.env.client.workflow.start('identityLifecycle', {
      taskQueue: this.taskQueue,
      workflowId: 'identity/orders',
      args: [{ id: 'orders' }],
    });
    await this.lifecycle.executeUpdate('declare', { args: [spec] });
  }

  rotate(request: Record<string, unknown> = {}): Promise<Rotation> {
    return this.#start('rotateCredential', request);
  }

  reissue(request: Record<string, unknown> = {}): Promise<Rotation> {
    return this.#start('reissueCertificate', request);
  }

  contain(request: Record<string, unknown> = {}): Promise<Rotation> {
    return this.#start('containCompromise', request);
  }

  offboard(request: Record<string, unknown> = {}): Promise<Rotation> {
    return this.#start('offboardIdentity', request);
  }

  reopen(request: Record<string, unknown> = {}): Promise<Rotation> {
    return this.#start('reopenIdentity', request);
  }

  offboardOwner(request: Record<string, unknown> = {}): Promise<Rotation> {
    return this.#begin('offboardOwner', 'offboard-owner', { owner: 'dana@example.com', ...request });
  }

  #start(verb: Operation, request: Record<string, unknown>): Promise<Rotation> {
    return this.#begin(verb, idPrefixes[verb], { identity: 'orders', ...request });
  }

  /** An operation that another one has begun. */
  at(workflowId: string): Rotation {
    const handle = this.env.client.workflow.getHandle(workflowId) as Rotation;
    this.#handles.push(handle);
    return handle;
  }

  async #begin(type: string, prefix: string, request: Record<string, unknown>): Promise<Rotation> {
    const requestId = String((this.#requests += 1));
    const handle = await this.env.client.workflow.start(type, {
      taskQueue: this.taskQueue,
      workflowId: `${prefix}/orders/${this.taskQueue}-${requestId}`,
      args: [{ reason: 'a test', requestedBy: 'rob@example.com', ...request }],
    });
    const run = handle as Rotation;
    // The client of the environment leaps while it waits for a result; one of our own does not.
    const patient = new Client({ connection: this.env.connection }).workflow.getHandle(run.workflowId);
    run.result = async () => {
      await untilEnded(this, run);
      return (await patient.result()) as OperationOutcome;
    };
    this.#handles.push(run);
    return run;
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

  /** Ends all runs, each once it is at rest: the test server lets no time pass while a task of an ended run is open. */
  async clear(): Promise<void> {
    for (const handle of [...this.#handles, this.lifecycle]) {
      if ((await handle.describe()).status.name !== 'RUNNING') continue;
      for (let round = 0; round < 20 && !(await isAtRest(handle)); round += 1) await sleep(50);
      await handle.terminate('the test is over').catch(() => undefined);
    }
  }
}

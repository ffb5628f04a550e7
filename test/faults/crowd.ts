import { readFile } from 'node:fs/promises';
import { after, before } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Context } from '@temporalio/activity';
import { Client } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker, type WorkflowBundleOption } from '@temporalio/worker';
import { createActivities } from '../../src/activities/index.ts';
import { dataConverter } from '../../src/codec/data-converter.ts';
import { MemoryWorld } from '../workflows/memory-world.ts';
import { startTestServer, workflowBundle } from '../workflows/test-server.ts';
import { Subject, type Trouble } from './subject.ts';

/** One server that skips time and one worker, for many identities at once. */
export class Crowd {
  readonly #subjects = new Map<string, Subject>();
  #env!: TestWorkflowEnvironment;
  #client!: Client;
  #worker!: Worker;
  #working!: Promise<void>;
  #over = false;
  #time!: Promise<void>;
  #made = 0;

  constructor() {
    before(() => this.#start());
    after(() => this.#stop());
  }

  /** An identity that was just declared, and what stands in its way. */
  async subject(world: MemoryWorld, trouble: Trouble = {}, change: Record<string, unknown> = {}): Promise<Subject> {
    const id = `orders-${(this.#made += 1)}`;
    const subject = new Subject(id, world, trouble, this.#client, 'keyturn');
    this.#subjects.set(id, subject);
    await subject.declare(change);
    return subject;
  }

  async #start(): Promise<void> {
    this.#env = await startTestServer();
    // The client of the environment leaps while it waits for a result; this one does not.
    this.#client = new Client({ connection: this.#env.connection });
    this.#worker = await Worker.create({
      connection: this.#env.nativeConnection,
      taskQueue: 'keyturn',
      dataConverter: dataConverter(undefined),
      workflowBundle: await withoutStacks(),
      activities: this.#activities(),
      // Lifecycles never end: one for which there is no room is replayed each time.
      maxCachedWorkflows: 2_000,
      shutdownForceTime: '20s',
    });
    this.#working = this.#worker.run();
    this.#time = this.#pass();
  }

  /** Each call goes to the world of the identity whose workflow makes it. */
  #activities(): Record<string, (input: unknown) => Promise<unknown>> {
    const names = Object.keys(createActivities(new MemoryWorld('overlap').activities()));
    const route = (name: string) => async (input: unknown) => {
      const [, id = ''] = Context.current().info.workflowExecution?.workflowId.split('/') ?? [];
      return this.#subjects.get(id)!.activities[name]!(input);
    };
    return Object.fromEntries(names.map((name) => [name, route(name)]));
  }

  /** Time leaps, in small steps, whenever no run has anything to do. A busy machine may miss a step, and takes the next. */
  async #pass(): Promise<void> {
    while (!this.#over) await this.#env.sleep(1_000).catch(() => sleep(100));
  }

  async #stop(): Promise<void> {
    this.#over = true;
    // Where a run was left that nobody serves, the server lets no time pass any more.
    await Promise.race([this.#time, sleep(10_000)]);
    this.#worker.shutdown();
    await this.#working;
    await this.#env.teardown();
  }
}

/** The SDK takes the stack of every promise that a workflow makes, which is a third of all its work; here nobody reads them. */
async function withoutStacks(): Promise<WorkflowBundleOption> {
  const bundle = await workflowBundle();
  const code = 'code' in bundle ? bundle.code : await readFile(bundle.codePath, 'utf8');
  return { code: `Error.stackTraceLimit = 0;${code}` };
}

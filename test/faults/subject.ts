import { Context } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import { createActivities, type Activities } from '../../src/activities/index.ts';
import type { Closing } from '../../src/contract/lifecycle.ts';
import type { Confirm, ConfirmAnswer, OperationOutcome, OperationStatus } from '../../src/contract/messages.ts';
import type { LifecycleRecord } from '../../src/contract/lifecycle.ts';
import { idPrefixes, type Operation } from '../../src/contract/request.ts';
import type { Severity } from '../../src/contract/severity.ts';
import type { Rotation } from '../workflows/harness.ts';
import type { MemoryWorld } from '../workflows/memory-world.ts';
import { observed, type Around } from './observed.ts';
import { Watcher } from './watcher.ts';

/** One call that a run makes, counted from 1 in the order in which they begin, however often each is tried. */
export interface Call {
  readonly nth: number;
  readonly name: string;
  readonly attempt: number;
}

/** What stands in the way of the calls of one identity: to activities, and from there to the ports. */
export interface Trouble {
  readonly atActivity?: (call: Call, act: () => Promise<unknown>) => Promise<unknown>;
  readonly atPort?: Around;
}

type Act = (input: unknown) => Promise<unknown>;

/** Calls that Keyturn makes to Temporal itself, or to tell people: they change no credential, and nothing is put in their way. */
const notOfTheWorld = new Set(['notifyPeople', 'isRunning', 'parseIdentity']);

/** One identity in a world of its own, which is watched. Many of them share a server and a worker. */
export class Subject {
  readonly id: string;
  readonly world: MemoryWorld;
  readonly watcher: Watcher;
  /** The names of the calls of all its runs. */
  readonly calls: string[] = [];
  readonly activities: Record<string, Act>;
  /**
   * How people decide at gates. Beside signals that make a run go on or stop it must be a signal too: where such a one comes while a
   * task waits, the server for tests lets an update that came later go first, and a replay has them the other way round. Temporal
   * itself keeps the order.
   */
  decidesBy: 'update' | 'signal' = 'update';
  /** Called each time something was disabled. */
  onDisabled: () => void = () => {};
  readonly #client: Client;
  readonly #taskQueue: string;
  readonly #known = new Map<string, number>();
  #requests = 0;

  constructor(id: string, world: MemoryWorld, trouble: Trouble, client: Client, taskQueue: string) {
    this.id = id;
    this.world = world;
    this.watcher = new Watcher(world);
    this.#client = client;
    this.#taskQueue = taskQueue;
    this.activities = this.#watched(trouble.atPort ?? ((_call, act) => act()), trouble.atActivity);
  }

  async declare(change: Record<string, unknown>): Promise<void> {
    const workflowId = `identity/${this.id}`;
    const { workflow } = this.#client;
    await workflow.start('identityLifecycle', { taskQueue: this.#taskQueue, workflowId, args: [{ id: this.id }] });
    const spec = this.world.declared({ id: this.id, quiet: '1s', observe: '1s', ...change });
    await workflow.getHandle(workflowId).executeUpdate('declare', { args: [spec] });
  }

  rotate(): Promise<Rotation> {
    return this.#start(this.world.verb, {});
  }

  /** From now on nothing of this identity has to work any more. */
  contain(severity: Severity): Promise<Rotation> {
    this.watcher.ending = severity === 'critical' ? 'unattended' : 'paused';
    return this.#start('containCompromise', { severity });
  }

  offboard(): Promise<Rotation> {
    this.watcher.ending = 'gone';
    return this.#start('offboardIdentity', {});
  }

  reopen(): Promise<Rotation> {
    return this.#start('reopenIdentity', {});
  }

  /** Temporal keeps it, and the run obeys where it can. */
  async abort(run: Rotation): Promise<void> {
    await run.signal('abort', { by: 'eve@example.com', reason: 'a test' });
  }

  async #start(verb: Operation, more: object): Promise<Rotation> {
    this.#requests += 1;
    const workflowId = `${idPrefixes[verb]}/${this.id}/${this.#requests}`;
    const request = { identity: this.id, reason: 'a test', requestedBy: 'rob@example.com', ...more };
    const options = { taskQueue: this.#taskQueue, workflowId, args: [request] };
    return (await this.#client.workflow.start(verb, options)) as Rotation;
  }

  /** Decides at a gate, and lets the watcher know when it counted. */
  async confirm(run: Rotation, gate: string, sent: Partial<Confirm> = {}): Promise<ConfirmAnswer | void> {
    const decision: Confirm = { gate, decision: 'approve', approver: 'dana@example.com', ...sent };
    const kind = gate.replace(/-.*/, '');
    // The run may act on it before the answer is here.
    if (decision.decision === 'approve' && this.#counts(decision)) this.watcher.approved.add(kind);
    if (kind === 'waive' && decision.comment) this.watcher.waived.add(gate.replace(/^waive-|-\d+$/g, ''));
    if (this.decidesBy === 'signal') return run.signal('confirm', decision);
    return run.executeUpdate<ConfirmAnswer, [Confirm]>('confirm', { args: [decision] });
  }

  status(run: Rotation): Promise<OperationStatus> {
    return run.query<OperationStatus>('status');
  }

  record(): Promise<LifecycleRecord | null> {
    return this.#client.workflow.getHandle(`identity/${this.id}`).query<LifecycleRecord | null>('record');
  }

  async outcome(run: Rotation): Promise<OperationOutcome> {
    return (await this.#client.workflow.getHandle(run.workflowId).result()) as OperationOutcome;
  }

  #counts({ approver, plan }: Confirm): boolean {
    return plan === undefined && ['dana@example.com', 'eve@example.com'].includes(approver);
  }

  #watched(atPort: Around, atActivity: Trouble['atActivity']): Record<string, Act> {
    const through: Around = async (call, act) => {
      return atPort(call, async () => {
        this.watcher.before(call, Context.current().info.workflowExecution?.workflowId ?? '');
        const said = await act();
        if (call.name.endsWith('.disable')) this.onDisabled();
        this.watcher.after(call, said);
        return said;
      });
    };
    const real = this.world.activities();
    const consumers = [...real.consumers].map(([id, port]) => [id, observed(port, id, through)] as const);
    const asSystem = <Port extends object>(ports: ReadonlyMap<string, Port>) =>
      new Map([...ports].map(([id, port]) => [id, observed(port, 'system', through)] as const));
    const activities = createActivities({
      ...real,
      credentials: asSystem(real.credentials),
      authorities: asSystem(real.authorities),
      consumers: new Map(consumers),
      store: observed(real.store, 'store', through),
    });
    return Object.fromEntries(
      Object.entries(activities).map(([name, act]) => [
        name,
        this.#counted(name as keyof Activities, act as Act, atActivity),
      ]),
    );
  }

  #counted(name: keyof Activities, act: Act, atActivity: Trouble['atActivity']): Act {
    return async (input) => {
      if (notOfTheWorld.has(name)) return act(input);
      const { activityId, attempt, workflowExecution } = Context.current().info;
      const key = `${workflowExecution?.runId} ${activityId}`;
      const nth = this.#known.get(key) ?? this.calls.push(name);
      this.#known.set(key, nth);
      if (name === 'closeOperation') this.watcher.closed(input as Closing);
      const spoken = () => this.#spoken(name, () => act(input));
      this.watcher.leaves(name, JSON.stringify(input));
      return atActivity ? atActivity({ nth, name, attempt }, spoken) : spoken();
    };
  }

  async #spoken(name: string, act: () => Promise<unknown>): Promise<unknown> {
    try {
      const answer = await act();
      this.watcher.leaves(name, JSON.stringify(answer) ?? '');
      return answer;
    } catch (error) {
      this.watcher.leaves(name, `${(error as Error).message} ${(error as Error).stack}`);
      throw error;
    } finally {
      this.watcher.look(`after ${name}`);
    }
  }
}

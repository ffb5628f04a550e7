import { setTimeout as sleep } from 'node:timers/promises';
import { Context } from '@temporalio/activity';
import { WorkflowFailedError } from '@temporalio/client';
import { TerminatedFailure } from '@temporalio/common';
import { KeyturnError } from '../../src/contract/errors.ts';
import type { Severity } from '../../src/contract/severity.ts';
import type { Rotation } from '../workflows/harness.ts';
import { MemoryWorld } from '../workflows/memory-world.ts';
import { containable, notContained } from './containment.ts';
import type { Crowd } from './crowd.ts';
import { suffer } from './faults.ts';
import type { PortCall } from './observed.ts';
import { operate } from './operator.ts';
import { deciding, pausing } from './people.ts';
import type { Order, Schedule } from './schedule.ts';
import type { Call, Subject, Trouble } from './subject.ts';
import { atEnd } from './at-end.ts';

/** How the runs of one schedule have ended, and all that was seen to break on the way and at the end. */
export interface Played {
  readonly results: readonly string[];
  readonly broken: readonly string[];
  readonly looks: number;
  /** Whether the identity was contained meanwhile. */
  readonly contained: boolean;
}

/** Plays one schedule on an identity of its own. */
export async function play(crowd: Crowd, schedule: Schedule): Promise<Played> {
  return new Play(schedule).run(crowd);
}

class Play {
  readonly #schedule: Schedule;
  readonly #calls = new Map<string, number>();
  readonly #asked = new Map<string, number>();
  readonly #runs: Rotation[] = [];
  #subject!: Subject;
  #containment: Rotation | undefined;

  constructor(schedule: Schedule) {
    this.#schedule = schedule;
  }

  async run(crowd: Crowd): Promise<Played> {
    const { consumers, shape, skew, orders, contained } = this.#schedule;
    const world = new MemoryWorld(shape, ['api', 'jobs'].slice(0, consumers));
    world.system.login = (_id, secret) => this.#believes(world, secret);
    if (skew !== null) world.system.clock = () => clock(skew);
    const subject = await crowd.subject(
      world,
      this.#trouble(),
      contained ? containable : { quiet: '200ms', observe: '200ms' },
    );
    if (contained || orders.length > 0) subject.decidesBy = 'signal';
    this.#subject = subject;
    await this.#begin();
    const results: string[] = [];
    try {
      // A rival begins while the first one runs, so the list grows meanwhile.
      for (let at = 0; at < this.#runs.length; at += 1) results.push(await this.#ended(this.#runs[at]!));
    } catch (error) {
      return this.#played(results, [(error as Error).message]);
    }
    return this.#played(results, await this.#wrongAtEnd(results));
  }

  #wrongAtEnd(results: readonly string[]): Promise<string[]> {
    if (!this.#containment) return atEnd(this.#subject, results);
    return notContained(this.#subject, results[this.#runs.indexOf(this.#containment)] ?? 'lost');
  }

  #played(results: readonly string[], broken: readonly string[]): Played {
    const { watcher } = this.#subject;
    const contained = this.#containment !== undefined;
    return { results, broken: [...watcher.broken, ...broken], looks: watcher.looks.count, contained };
  }

  async #begin(): Promise<void> {
    this.#runs.push(await this.#subject.rotate());
  }

  async #contain(severity: Severity): Promise<void> {
    this.#containment = await this.#subject.contain(severity);
    this.#runs.push(this.#containment);
  }

  async #ended(run: Rotation): Promise<string> {
    const endsAt = run === this.#runs[0] ? this.#schedule.ended : null;
    const people =
      run === this.#containment
        ? pausing(this.#subject, run, this.#schedule)
        : deciding(this.#subject, run, this.#schedule, endsAt);
    try {
      const { result, found } = await operate(this.#subject, run, people);
      for (const id of found) this.#subject.watcher.named.add(id);
      return result;
    } catch (error) {
      if (!(error instanceof WorkflowFailedError)) throw error;
      if (!(error.cause instanceof TerminatedFailure)) return 'refused';
      await this.#begin();
      return 'ended';
    }
  }

  #trouble(): Trouble {
    const { faults, delays, orders, rival, contained } = this.#schedule;
    return {
      atActivity: async (call: Call, act) => {
        if (call.attempt > 1) return act();
        for (const { nth, ms } of delays) if (nth === call.nth) await sleep(ms);
        for (const { nth, order } of orders) if (nth === call.nth) await this.#tell(order);
        if (rival === call.nth) await this.#begin();
        if (contained?.nth === call.nth) await this.#contain(contained.severity);
        const fault = faults.find(({ nth }) => nth === call.nth)?.fault;
        return fault ? suffer(fault, act) : act();
      },
      atPort: (call, act) => this.#atPort(call, act),
    };
  }

  async #atPort({ name }: PortCall, act: () => Promise<unknown>): Promise<unknown> {
    const { ports, outages } = this.#schedule;
    const [place = ''] = name.split('.');
    const [nth, there] = [this.#count('all'), this.#count(place)];
    const out = outages.some((each) => each.place === place && there >= each.from && there < each.from + each.calls);
    const fault = out ? 'not done' : ports.find((each) => each.nth === nth)?.fault;
    if (!fault) return act();
    const reads = /\.(verify|list|find|get|read|preflight|lastUse)$/.test(name);
    if (name.endsWith('.verify')) return { is: 'unknown', because: 'no answer', at: new Date().toISOString() };
    if (fault === 'outcome unknown, done' && !reads) await act();
    throw new KeyturnError(
      reads || fault === 'not done' ? 'unavailable' : 'outcome_unknown',
      'a fault that the test put in',
    );
  }

  /** A new secret is refused a few times before it is believed. */
  #believes({ system, first }: MemoryWorld, secret: string): 'no' | undefined {
    const isNew = secret !== first.secret && system.credentials.some((each) => each.secret === secret);
    if (!isNew) return undefined;
    const asked = this.#asked.get(secret) ?? 0;
    this.#asked.set(secret, asked + 1);
    return asked < this.#schedule.lag ? 'no' : undefined;
  }

  async #tell(order: Order): Promise<void> {
    const run = this.#runs[0]!;
    const said = { by: 'dana@example.com', reason: 'a test' };
    if (order === 'cancel') await run.cancel().catch(() => undefined);
    else if (order === 'malformed') await run.signal('abort', [{ by: 7 }]).catch(() => undefined);
    else await run.signal(order, said).catch(() => undefined);
  }

  #count(what: string): number {
    const count = (this.#calls.get(what) ?? 0) + 1;
    this.#calls.set(what, count);
    return count;
  }
}

/** The time as Temporal has it, which leaps in tests, and this much beside it. */
function clock(skewSeconds: number): string {
  const { currentAttemptScheduledTimestampMs: now } = Context.current().info;
  return new Date(now + skewSeconds * 1_000).toISOString();
}

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { temporalLifecycles as lifecycles } from '../../src/activities/lifecycles.ts';
import { KeyturnError } from '../../src/contract/errors.ts';
import type { Closing, Holder, Opened } from '../../src/contract/lifecycle.ts';
import type { Credential } from '../../src/contract/references.ts';
import { Harness, type Stage } from './harness.ts';
import { MemoryWorld } from './memory-world.ts';

/** The real server, since it decides what becomes of an update whose run goes on in another one. */
const harness = new Harness('real');
/** Of fourteen updates each: the run that has taken 500 ends while the tenth of a round is under way. */
const rounds = 45;
/** With the intruder and the closing the ten that the server lets wait at one run. */
const lateCopies = 8;

test('updates that meet a lifecycle as it goes on in another run are answered there: none is lost, none counts twice', async () => {
  const intruder = new Intruder();
  await harness.run(
    new MemoryWorld('alternate'),
    async (stage) => {
      const asking = new Asking(stage, intruder);
      const operations = Array.from({ length: rounds }, (_, round) => `operation-${round}`);
      for (const operation of operations) await asking.operate(operation);
      const { hold, exceptions, state, current } = await stage.record();
      assert.deepEqual([hold, state, current], [undefined, 'active', credential(operations.at(-1)!)]);
      assert.deepEqual(
        exceptions.map(({ operation }) => operation),
        operations,
        'each closing counts, and counts once',
      );
      assert.equal(asking.unanswered, 0, 'what a run has taken it answers before it ends');
      assert.ok((await runsOf(stage)) >= 2, 'it went on in other runs meanwhile');
    },
    { wrap: (activities) => ({ ...activities, isRunning: () => intruder.wait() }) },
  );
});

test('F8: a lifecycle that is asked without a pause goes on in another run all the same', async () => {
  await harness.run(
    new MemoryWorld('alternate'),
    async (stage) => {
      const asking = new Asking(stage, new Intruder());
      await asking.open('holder');
      const runId = async () => (await stage.lifecycle.describe()).runId;
      const first = await runId();
      const until = Date.now() + 60_000;
      let goesOn = false;
      const insistent = async (name: string) => {
        while (!goesOn && Date.now() < until) await asking.open(name);
      };
      const watching = async () => {
        for (; !goesOn && Date.now() < until; await sleep(100)) goesOn = (await runId()) !== first;
      };
      await Promise.all([watching(), ...Array.from({ length: lateCopies }, (_, n) => insistent(`busy-${n}`))]);
      assert.ok(goesOn, 'it is in the same run still');
      assert.equal((await stage.record()).hold?.operation, 'holder');
    },
    { wrap: (activities) => ({ ...activities, isRunning: () => Promise.resolve(true) }) },
  );
});

/** Asks for a hold that is taken. The lifecycle looks whether the holder still runs, and that takes a while. */
class Intruder {
  #arrived = Promise.withResolvers<void>();

  wait(): Promise<boolean> {
    this.#arrived.resolve();
    return sleep(50, true);
  }

  async arrival(): Promise<void> {
    await this.#arrived.promise;
    this.#arrived = Promise.withResolvers();
  }
}

/** Asks as activities do: an update without an answer is sent again, and may have been taken the first time. */
class Asking {
  readonly #stage: Stage;
  readonly #intruder: Intruder;
  unanswered = 0;
  /** The closing before, which comes once more when another operation holds already. */
  #again = async () => {};

  constructor(stage: Stage, intruder: Intruder) {
    this.#stage = stage;
    this.#intruder = intruder;
  }

  /** One rotation's updates, some in copies, and an intruder's, which keeps those waiting that come with it. */
  async operate(operation: string): Promise<void> {
    const holder = holderNamed(operation);
    const opened = await Promise.all([this.#open(holder), this.#open(holder)]);
    assert.ok(opened.every((answer) => answer.opened));
    const current = credential(operation);
    const note = () => this.#ask(() => lifecycles.note('orders', { operation, successor: current, as: 'next' }));
    const waivers = [{ consumer: 'jobs', by: 'dana@example.com', reason: 'a test', at: 'then', operation }];
    const close = () => this.#close({ operation, result: 'completed', current, waivers });
    await this.#again();
    await note();
    assert.deepEqual((await this.#stage.record()).hold?.successor, current);
    const intrusion = this.#open(holderNamed('intruder'));
    await this.#intruder.arrival();
    await Promise.all([close(), ...Array.from({ length: lateCopies }, () => note().catch(unlessLost))]);
    const answer = await intrusion;
    assert.equal(answer.opened ? 'opened' : answer.code, 'identity_busy');
    this.#again = close;
  }

  open(operation: string): Promise<Opened> {
    return this.#open(holderNamed(operation));
  }

  #open(holder: Holder): Promise<Opened> {
    return this.#ask(() => lifecycles.open('orders', holder));
  }

  #close(closing: Closing): Promise<void> {
    return this.#ask(() => lifecycles.close('orders', closing));
  }

  async #ask<Answer>(act: () => Promise<Answer>): Promise<Answer> {
    const { client } = this.#stage.env;
    for (;;) {
      try {
        const activity = new MockActivityEnvironment({}, { client, logger: new DefaultLogger('ERROR') });
        return (await activity.run(act)) as Answer;
      } catch (error) {
        if (!(error instanceof KeyturnError && error.retry)) throw error;
        if (error.code === 'outcome_unknown') this.unanswered += 1;
        await sleep(50);
      }
    }
  }
}

/** A late copy of a note finds that its operation has closed. */
function unlessLost(error: unknown): void {
  if (!(error instanceof KeyturnError && error.code === 'hold_lost')) throw error;
}

const holderNamed = (operation: string) => ({ operation, verb: 'x', workflowId: operation, runId: 'r' });

function credential(id: string): Credential {
  return {
    ref: { connection: 'db', account: 'orders', id },
    secret: { ref: { path: id, version: 1 }, fingerprint: 'hmac-sha256:0' },
  };
}

async function runsOf({ env }: Stage): Promise<number> {
  let runs = 0;
  for await (const _run of env.client.workflow.list({ query: 'WorkflowId = "identity/orders"' })) runs += 1;
  return runs;
}

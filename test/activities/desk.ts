import { DefaultLogger } from '@temporalio/worker';
import { MockActivityEnvironment } from '@temporalio/testing';
import type { ByHolder } from '../../src/activities/held.ts';
import type { Minting } from '../../src/activities/minting.ts';
import { createActivities, type Activities } from '../../src/activities/index.ts';
import type { ActivityWorld, Lifecycles } from '../../src/activities/world.ts';
import type { Holder } from '../../src/contract/lifecycle.ts';
import type { Credential } from '../../src/contract/references.ts';
import { Secret } from '../../src/contract/secret.ts';
import { begin, closedBy, declaredAs, noted, taken, type LifecycleState } from '../../src/workflows/rules/hold.ts';
import { ordersSpec } from '../fakes/orders-spec.ts';
import { snapshot } from '../fakes/snapshot.ts';
import { fingerprint, MemoryWorld, type Shape } from '../workflows/memory-world.ts';

const at = '2026-03-01T12:00:00.000Z';

/** All activities over one world in memory, called one by one and without Temporal. */
export class Desk {
  readonly world: MemoryWorld;
  readonly old: Credential;
  readonly holder: Holder = { operation: 'rotate/orders/1/r', verb: 'rotateCredential', workflowId: 'w', runId: 'r' };
  readonly by: ByHolder = { identity: 'orders', holder: this.holder };
  readonly minting: Minting = {
    ...this.by,
    connection: 'db',
    account: 'orders',
    operation: 'rotate/orders/1/r/1',
  };
  #lifecycle = declaredAs(begin('orders'), ordersSpec, at);
  readonly #activities: Activities;

  /** `change` takes parts of the world away, or makes them fail. */
  constructor(shape: Shape, change = (world: ActivityWorld): ActivityWorld => world) {
    this.world = new MemoryWorld(shape);
    this.old = {
      ref: { connection: 'db', account: 'orders', id: this.world.first.id },
      secret: {
        ref: { path: 'apps/orders', version: 1 },
        fingerprint: fingerprint(new Secret(this.world.first.secret)),
      },
    };
    this.#activities = createActivities(change({ ...this.world.activities(), lifecycles: this.#lifecycles() }));
  }

  get record() {
    const { state, exceptions } = this.#lifecycle;
    return { spec: { ...ordersSpec, consumers: ordersSpec.consumers.slice(0, 1) }, state, exceptions };
  }

  /** Gives the hold to the operation whose calls are tried, or to another one. */
  hold(operation = this.holder.operation): this {
    this.#lifecycle = taken(this.#lifecycle, { ...this.holder, operation }, at);
    return this;
  }

  /** Calls one activity as a worker would. */
  run<Answer>(act: (all: Activities) => Promise<Answer>): Promise<Answer> {
    const env = new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') });
    return env.run(() => act(this.#activities));
  }

  /** One more credential beside the old one, or in its place, as the operation of `minting` makes it. */
  async fresh(): Promise<Credential> {
    if (this.world.system.shape === 'overlap') return this.run((all) => all.issueCredential(this.minting));
    const secret = await this.run((all) => all.sealSecret(this.minting));
    return this.run((all) => all.installCredential({ ...this.minting, secret, replacing: this.old.ref }));
  }

  /** All that a call can change, except when a credential was last used. */
  snapshot(): object {
    return { ...snapshot(this.world), lifecycle: this.#lifecycle };
  }

  #lifecycles(): Lifecycles {
    const become = (next: LifecycleState) => {
      this.#lifecycle = next;
      return Promise.resolve();
    };
    return {
      open: async (_identity, holder) => {
        await become(taken(this.#lifecycle, holder, at));
        return { opened: true, record: this.record };
      },
      note: (_identity, succession) => become(noted(this.#lifecycle, succession)),
      close: (_identity, closing) => become(closedBy(this.#lifecycle, closing, at)),
      recordOf: () => Promise.resolve(this.record),
      holderOf: () => Promise.resolve(this.#lifecycle.hold?.operation),
      ownedBy: () => Promise.resolve(['orders']),
      endSchedules: (identity) => Promise.resolve(void this.world.unscheduled.add(identity)),
      isRunning: () => Promise.resolve(true),
    };
  }
}

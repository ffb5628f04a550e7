import { DefaultLogger } from '@temporalio/worker';
import { MockActivityEnvironment } from '@temporalio/testing';
import type { Minting } from '../../src/activities/credentials.ts';
import { createActivities, type Activities } from '../../src/activities/index.ts';
import type { Lifecycles } from '../../src/activities/world.ts';
import type { Holder } from '../../src/contract/lifecycle.ts';
import type { Credential } from '../../src/contract/references.ts';
import { Secret } from '../../src/contract/secret.ts';
import { begin, closedBy, declaredAs, noted, taken, type LifecycleState } from '../../src/workflows/rules/hold.ts';
import { ordersSpec } from '../fakes/orders-spec.ts';
import { snapshot } from '../fakes/snapshot.ts';
import { fingerprint, MemoryWorld, type Shape } from '../workflows/memory-world.ts';

/** All activities over one world in memory, called one by one and without Temporal. */
export class Desk {
  readonly world: MemoryWorld;
  readonly old: Credential;
  readonly minting: Minting = {
    identity: 'orders',
    connection: 'db',
    account: 'orders',
    operation: 'rotate/orders/1/r/1',
  };
  readonly holder: Holder = { operation: 'rotate/orders/1/r', verb: 'rotateCredential', workflowId: 'w', runId: 'r' };
  #lifecycle = declaredAs(begin('orders'), ordersSpec, '2026-03-01T12:00:00.000Z');
  readonly #activities: Activities;

  constructor(shape: Shape) {
    this.world = new MemoryWorld(shape);
    this.old = {
      ref: { connection: 'db', account: 'orders', id: this.world.first.id },
      secret: {
        ref: { path: 'apps/orders', version: 1 },
        fingerprint: fingerprint(new Secret(this.world.first.secret)),
      },
    };
    this.#activities = createActivities({ ...this.world.activities(), lifecycles: this.#lifecycles() });
  }

  get record() {
    const { state, exceptions } = this.#lifecycle;
    return { spec: { ...ordersSpec, consumers: ordersSpec.consumers.slice(0, 1) }, state, exceptions };
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
    const at = '2026-03-01T12:00:00.000Z';
    const become = (next: LifecycleState) => {
      this.#lifecycle = next;
      return Promise.resolve();
    };
    return {
      open: async (_identity, holder) => {
        await become(taken(this.#lifecycle, holder, at));
        return { opened: true, record: this.record };
      },
      note: (_identity, operation, successor) => become(noted(this.#lifecycle, operation, successor)),
      close: (_identity, closing) => become(closedBy(this.#lifecycle, closing, at)),
      isRunning: () => Promise.resolve(true),
    };
  }
}

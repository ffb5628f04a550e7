import { createHmac } from 'node:crypto';
import { temporalLifecycles } from '../../src/activities/lifecycles.ts';
import type { ActivityWorld, Lifecycles, Notice } from '../../src/activities/world.ts';
import type { ConsumerPort } from '../../src/contract/consumers.ts';
import type { Fingerprint } from '../../src/contract/references.ts';
import { Secret } from '../../src/contract/secret.ts';
import { MemoryConsumer } from '../fakes/memory-consumer.ts';
import { MemoryCredentials } from '../fakes/memory-credentials.ts';
import { MemoryEntitlements } from '../fakes/memory-entitlements.ts';
import { MemoryStore } from '../fakes/memory-store.ts';

export type Shape = MemoryCredentials['shape'];

export const fingerprint = (secret: Secret): Fingerprint =>
  `hmac-sha256:${createHmac('sha256', 'a key for tests').update(secret.reveal()).digest('hex').slice(0, 32)}`;

interface First {
  readonly id: string;
  readonly secret: string;
}

interface Given {
  readonly system: MemoryCredentials;
  readonly store: MemoryStore;
  readonly first: First;
}

function withPassword(shape: Shape): Given {
  const system = new MemoryCredentials('db', shape);
  const id = { overlap: 'KEY0', alternate: 'orders_a', 'in-place': 'orders' }[shape];
  const first = { id, secret: 'Original-S3cret-of-Orders' };
  system.add(first.id, first.secret);
  return { system, store: new MemoryStore(fingerprint), first };
}

/** One identity `orders` with one account and two consumers, in memory, as it stands before the first rotation. */
export class MemoryWorld {
  readonly system: MemoryCredentials;
  readonly store: MemoryStore;
  /** What replaces its credential. */
  readonly verb: 'rotateCredential' | 'reissueCertificate' = 'rotateCredential';
  readonly entitlements = new MemoryEntitlements(['orders']);
  readonly consumers: Record<string, MemoryConsumer>;
  readonly notices: Notice[] = [];
  /** Identities whose schedules were ended: the server for tests has none. */
  readonly unscheduled = new Set<string>();
  readonly first: First;
  /** What the server for tests can't do: it has no schedules, and finds no workflow by an attribute. */
  lifecycles: Partial<Lifecycles> = {
    endSchedules: async (identity) => void this.unscheduled.add(identity),
    ownedBy: async () => ['orders'],
  };
  readonly people = new Map<string, ConsumerPort>();

  constructor(shape: Shape, consumers: readonly string[] = ['api', 'jobs'], given: Given = withPassword(shape)) {
    ({ system: this.system, store: this.store, first: this.first } = given);
    this.store.secrets.set('apps/orders', { secret: this.first.secret, owner: undefined });
    const { id, secret } = this.first;
    const held = { id, secret, fingerprint: fingerprint(new Secret(secret)) };
    this.consumers = Object.fromEntries(consumers.map((id) => [id, new MemoryConsumer(this.system).start(held)]));
  }

  activities(): ActivityWorld {
    const consumers = new Map<string, ConsumerPort>(this.people);
    for (const [id, consumer] of Object.entries(this.consumers)) consumers.set(id, consumer.port());
    return {
      credentials: new Map([['db', this.system.port()]]),
      consumers,
      entitlements: new Map([['grants', this.entitlements.port()]]),
      authorities: new Map(),
      store: this.store.port(),
      fingerprint,
      lifecycles: { ...temporalLifecycles, ...this.lifecycles },
      notify: async (notice) => void this.notices.push(notice),
    };
  }

  /** How many credentials work at this instant and can be recovered from the store: I1 and I2 say at least one, always. */
  recoverable(): number {
    return this.system.credentials.filter(({ status, secret }) => status === 'live' && this.store.holds(secret)).length;
  }

  /** The manifest's words for this identity; `change` overrides top-level fields. */
  declared(change: Record<string, unknown> = {}): Record<string, unknown> {
    const gate = { approvers: ['dana@example.com', 'eve@example.com'], proof: 'none' };
    return {
      id: 'orders',
      kind: 'database-user',
      owner: 'dana@example.com',
      credential: {
        connection: 'db',
        account: 'orders',
        adopt: { id: this.first.id, secret: 'apps/orders' },
        propagation: { within: '2s', successes: 2 },
      },
      consumers: [...Object.keys(this.consumers), ...this.people.keys()].map((id) => ({ id, connection: id })),
      quiet: '10m',
      observe: '5m',
      retryFor: '20s',
      gates: { retirement: gate, intervention: gate },
      ...change,
    };
  }
}

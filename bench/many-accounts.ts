import { temporalLifecycles } from '../src/activities/lifecycles.ts';
import type { ActivityWorld } from '../src/activities/world.ts';
import type { ConsumerPort } from '../src/contract/consumers.ts';
import type { CredentialPort } from '../src/contract/credentials.ts';
import type { Credential } from '../src/contract/references.ts';
import { Secret } from '../src/contract/secret.ts';
import { MemoryConsumer } from '../test/fakes/memory-consumer.ts';
import { MemoryCredentials } from '../test/fakes/memory-credentials.ts';
import { MemoryStore } from '../test/fakes/memory-store.ts';
import { fingerprint } from '../test/workflows/memory-world.ts';

/** One identity of many: what the manifest declares of it, and the credential that it starts with. */
export interface Account {
  readonly id: string;
  readonly declared: Record<string, unknown>;
  readonly consumers: readonly string[];
  readonly first: Credential;
}

const secret = 'Original-S3cret-of-Orders';

/** Systems, consumers and a store in memory, for many identities beside each other, and how to hear of an open gate. */
export class ManyAccounts {
  readonly accounts: readonly Account[];
  readonly world: ActivityWorld;
  readonly #shape: MemoryCredentials['shape'];
  readonly #store = new MemoryStore(fingerprint);
  readonly #credentials = new Map<string, CredentialPort>();
  readonly #consumers = new Map<string, ConsumerPort>();
  readonly #listeners = new Map<string, () => void>();

  /** In-place rotations stand at their gate before anything has changed, after few commands. */
  constructor(prefix: string, count: number, consumersEach: number, shape: MemoryCredentials['shape'] = 'alternate') {
    this.#shape = shape;
    this.accounts = Array.from({ length: count }, (_, at) => this.#add(`${prefix}${at}`, consumersEach));
    this.world = {
      credentials: this.#credentials,
      consumers: this.#consumers,
      entitlements: new Map(),
      authorities: new Map(),
      store: this.#store.port(),
      fingerprint,
      lifecycles: temporalLifecycles,
      notify: async ({ kind, identity }) => {
        if (kind === 'gate-opened') this.#listeners.get(identity)?.();
      },
    };
  }

  /** Resolves when people are told of the next gate of this identity. Ask before the run starts. */
  gateOf({ id }: Account): Promise<void> {
    return new Promise((resolve) => this.#listeners.set(id, resolve));
  }

  /** A secret that somebody else has put into the store. */
  put(path: string, text: string): void {
    this.#store.secrets.set(path, { secret: text, owner: undefined });
  }

  #add(id: string, consumersEach: number): Account {
    const system = new MemoryCredentials(id, this.#shape);
    const path = `apps/${id}`;
    const ref = { connection: id, account: id, id: this.#shape === 'in-place' ? id : `${id}_a` };
    const first = { ref, secret: { ref: { path, version: 1 }, fingerprint: fingerprint(new Secret(secret)) } };
    system.add(ref.id, secret);
    this.#store.secrets.set(path, { secret, owner: undefined });
    this.#credentials.set(id, system.port());
    const consumers = Array.from({ length: consumersEach }, (_, at) => `${id}-c${at}`);
    const held = { id: ref.id, secret, fingerprint: first.secret.fingerprint };
    for (const consumer of consumers) this.#consumers.set(consumer, new MemoryConsumer(system).start(held).port());
    return { id, consumers, first, declared: declare(ref.id, id, consumers, path) };
  }
}

function declare(current: string, id: string, consumers: readonly string[], path: string): Record<string, unknown> {
  const gate = { approvers: ['dana@example.com', 'eve@example.com'], proof: 'none' };
  const adopt = { id: current, secret: path };
  return {
    id,
    kind: 'database-user',
    owner: 'dana@example.com',
    credential: { connection: id, account: id, adopt, propagation: { within: '5s', successes: 2 } },
    consumers: consumers.map((consumer) => ({ id: consumer, connection: consumer })),
    quiet: '1ms',
    observe: '1ms',
    retryFor: '60s',
    gates: { retirement: gate, intervention: gate },
  };
}

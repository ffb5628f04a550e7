import type { ConsumerPort } from '../../src/contract/consumers.ts';
import { KeyturnError } from '../../src/contract/errors.ts';
import type { Fingerprint } from '../../src/contract/references.ts';
import type { MemoryCredentials } from './memory-credentials.ts';

interface Held {
  readonly id: string;
  readonly secret: string;
  readonly fingerprint: Fingerprint;
}

/** A workload in memory: it reads what was delivered when told to reload, and proves by use what it runs on. */
export class MemoryConsumer {
  readonly #system: MemoryCredentials;
  delivered: Held | undefined;
  running: Held | undefined;
  /** What it does when told to reload: take the new one up, ignore it, or fail. */
  reload: 'works' | 'ignored' | 'fails' = 'works';
  reachable = true;
  requests = 0;
  failedRequests = 0;

  constructor(system: MemoryCredentials) {
    this.#system = system;
  }

  start(held: Held): this {
    this.delivered = held;
    this.running = held;
    return this;
  }

  /** One request of a client: it fails when the credential that the workload runs on is refused. */
  request(): void {
    this.requests += 1;
    if (!this.running || !this.#system.use(this.running.id, this.running.secret)) this.failedRequests += 1;
  }

  port(): ConsumerPort {
    const reach = () => {
      if (!this.reachable) throw new KeyturnError('unavailable', 'the workload does not answer');
    };
    return {
      by: 'machine',
      deliver: async (_target, { ref, secret, fingerprint }) => {
        reach();
        this.delivered = { id: ref.id, secret: secret.reveal(), fingerprint };
      },
      apply: async () => {
        reach();
        if (this.reload === 'fails') throw new KeyturnError('unavailable', 'the reload failed');
        if (this.reload === 'works') this.running = this.delivered;
      },
      verify: async (_target, fingerprint) => {
        const at = new Date().toISOString();
        if (!this.reachable) return { is: 'unknown', because: 'the workload does not answer', at };
        const { running } = this;
        if (running?.fingerprint !== fingerprint) return { is: 'no', because: 'it runs on another one', at };
        const works = this.#system.use(running.id, running.secret);
        return works
          ? { is: 'yes', because: 'it runs on this one and it works', at }
          : { is: 'no', because: 'it runs on this one, refused', at };
      },
    };
  }
}

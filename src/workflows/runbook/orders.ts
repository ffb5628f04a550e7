import { condition } from '@temporalio/workflow';
import type { Order } from '../../contract/messages.ts';
import { Halt } from './failure.ts';

/** What people have told the run to do: wait, or stop. */
export class Orders {
  #paused: Order | null = null;
  #stop: string | null = null;

  get paused(): Order | null {
    return this.#paused;
  }

  get stopped(): boolean {
    return this.#stop !== null;
  }

  pause(order: Order): void {
    this.#paused = order;
  }

  resume(): void {
    this.#paused = null;
  }

  /** Every part of the run ends at its next step or gate. The first reason stays. */
  stop(because: string): void {
    this.#stop ??= because;
  }

  /** The stop was obeyed; what follows is the way back. */
  obeyed(): void {
    this.#stop = null;
    this.#paused = null;
  }

  /** Waits while paused; throws `Halt` once the run was stopped. */
  async ready(): Promise<void> {
    if (this.#paused && !this.stopped) await condition(() => this.#paused === null || this.stopped);
    if (this.#stop !== null) throw new Halt(this.#stop);
  }

  /** Waits this long, in milliseconds, unless the run is stopped meanwhile. */
  async wait(ms: number, summary: string): Promise<void> {
    await condition(() => this.stopped, ms, { summary });
    await this.ready();
  }
}

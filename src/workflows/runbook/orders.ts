import { condition } from '@temporalio/workflow';
import type { Order } from '../../contract/messages.ts';
import { Halt, type StepFailed } from './failure.ts';

/** What people have told the run to do: wait, or stop; and whether it may still do anything at all. */
export class Orders {
  #paused: Order | null = null;
  #stop: string | null = null;
  #lost: StepFailed | null = null;

  get paused(): Order | null {
    return this.#paused;
  }

  get stopped(): boolean {
    return this.#stop !== null || this.#lost !== null;
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

  /** The run no longer holds the identity. Every part of it ends where it is, and nothing is taken back. */
  lose(failure: StepFailed): void {
    this.#lost ??= failure;
  }

  /** The stop was obeyed; what follows is the way back. */
  obeyed(): void {
    this.#stop = null;
    this.#paused = null;
  }

  /** Waits while paused; throws `Halt` once the run was stopped, and `StepFailed` once it has lost the hold. */
  async ready(): Promise<void> {
    if (this.#paused && !this.stopped) await condition(() => this.#paused === null || this.stopped);
    if (this.#lost) throw this.#lost;
    if (this.#stop !== null) throw new Halt(this.#stop);
  }

  /** Waits this long, in milliseconds, unless the run is stopped meanwhile. */
  async wait(ms: number, summary: string): Promise<void> {
    await condition(() => this.stopped, ms, { summary });
    await this.ready();
  }
}

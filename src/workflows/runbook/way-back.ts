import type { Undo } from './steps.ts';

/** Which way a run goes when something keeps failing: back by itself, only where a person says, or already on its way back. */
export type Direction = 'back' | 'forward' | 'undoing';

/** What would undo the run so far, and whether it still may. */
export class WayBack {
  #undo: Undo[] = [];
  #direction: Direction = 'back';

  get direction(): Direction {
    return this.#direction;
  }

  /** What an undoing would do, in the order in which it would. */
  get commands(): readonly string[] {
    return this.#undo.toReversed().map(({ name, object }) => `${name} ${object}`);
  }

  register(undo: Undo | undefined): void {
    if (undo) this.#undo.push(undo);
  }

  /** From here on a failure no longer undoes by itself: it asks. What was registered stays, for an operator's `roll-back`. */
  forwardOnly(): void {
    this.#direction = 'forward';
  }

  /** From here on there is no way back. */
  close(): void {
    this.#direction = 'forward';
    this.#undo = [];
  }

  /** Undoes in reverse order, each once, whatever becomes of it. */
  async go(undo: (step: Undo) => Promise<unknown>): Promise<void> {
    this.#direction = 'undoing';
    for (let step = this.#undo.pop(); step; step = this.#undo.pop()) await undo(step);
  }
}

import type { JournalEntry } from '../../contract/messages.ts';

const most = 2_000;

/**
 * The ordered record of one operation, kept in workflow state: every entry follows from an event in the history, so replay
 * writes it again word for word. It is bounded, since anybody may send signals: past the bound it counts.
 */
export class Journal {
  readonly #entries: JournalEntry[] = [];
  #dropped = 0;

  write(entry: Omit<JournalEntry, 'at'>): void {
    if (this.#entries.length < most) this.#entries.push({ at: now(), ...entry });
    else this.#dropped += 1;
  }

  read(): readonly JournalEntry[] {
    if (this.#dropped === 0) return this.#entries;
    const because = `${this.#dropped} more entries were not kept`;
    return [
      ...this.#entries,
      { at: now(), step: 'journal', command: 'drop', object: 'entries', verdict: 'note', because },
    ];
  }
}

/** The workflow's own time, which replays: RFC 3339. */
export function now(): string {
  return new Date().toISOString();
}

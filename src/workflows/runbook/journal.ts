import type { JournalEntry } from '../../contract/messages.ts';

const most = 2_000;
/** What answers a query must fit into one payload, and a character takes up to three bytes: https://docs.temporal.io/cloud/limits */
const mostCharacters = 500_000;

/**
 * The ordered record of one operation, kept in workflow state: every entry follows from an event in the history, so replay
 * writes it again word for word. It is bounded, since anybody may send signals: past the bound it counts.
 */
export class Journal {
  readonly #entries: JournalEntry[] = [];
  #characters = 0;
  #dropped = 0;

  write(entry: Omit<JournalEntry, 'at'>): void {
    const written = { at: now(), ...entry };
    const characters = JSON.stringify(written).length;
    if (this.#entries.length === most || this.#characters + characters > mostCharacters) {
      this.#dropped += 1;
      return;
    }
    this.#characters += characters;
    this.#entries.push(written);
  }

  note(step: string, object: string, because: string, references?: Readonly<Record<string, string>>): void {
    this.write({ step, command: step, object, verdict: 'note', because, ...(references ? { references } : {}) });
  }

  /** What somebody told the run to do, taken or not. */
  order(command: string, object: string, taken: boolean, because: string): void {
    this.write({ step: 'order', command, object, verdict: taken ? 'accepted' : 'denied', because });
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

import { createInterface } from 'node:readline/promises';

/**
 * The person's side of the command. Text may come from anybody who can start a workflow, so control and direction signs are
 * made visible: what is decided at a gate must not be able to draw itself another question.
 */
export class Terminal {
  readonly #quiet: boolean;
  #transient = false;

  constructor(quiet: boolean) {
    this.#quiet = quiet;
  }

  /** Is there a person to ask? */
  get attended(): boolean {
    return !this.#quiet && process.stdin.isTTY && process.stdout.isTTY;
  }

  say(line: string): void {
    if (this.#quiet) return;
    this.#clear();
    process.stdout.write(`${visible(line)}\n`);
  }

  /** Shows what happens right now in a last line that the next one replaces; nothing where no terminal is. */
  now(line: string): void {
    if (!this.attended) return;
    this.#clear();
    process.stdout.write(visible(line).slice(0, Math.max(20, (process.stdout.columns || 80) - 1)));
    this.#transient = true;
  }

  /** Only a clear yes is one: the end of the input is a no, and an interrupt ends the command. */
  async ask(question: string): Promise<boolean> {
    const lines = createInterface({ input: process.stdin, output: process.stdout });
    lines.once('SIGINT', () => process.emit('SIGINT', 'SIGINT'));
    try {
      const answer = await lines.question(`${visible(question)} [y/N] `);
      return /^y(es)?$/i.test(answer.trim());
    } catch {
      // Ctrl-D, the only way in which a question fails.
      return false;
    } finally {
      lines.close();
    }
  }

  complain(message: string, hint: string | undefined): void {
    this.#clear();
    const lines = message.split('\n').map(visible);
    process.stderr.write(`keyturn: ${lines.join('\n')}\n${hint ? `hint: ${visible(hint)}\n` : ''}`);
  }

  #clear(): void {
    if (this.#transient) process.stdout.write('\r\u001B[K');
    this.#transient = false;
  }
}

function visible(text: string): string {
  return text.replace(/[\p{Cc}\u200E\u200F\u202A-\u202E\u2028\u2029\u2066-\u2069]+/gu, ' ');
}

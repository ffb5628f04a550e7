import { createInterface } from 'node:readline/promises';
import type { GateStatus, OperationStatus, StepStatus } from '../contract/messages.ts';

/** Tells what happens, as it happens: plain lines, in colour only on a terminal. */
export class Narrator {
  readonly #began = Date.now();
  readonly #colour = process.stdout.isTTY && !process.env['NO_COLOR'];

  say(text: string): void {
    const seconds = ((Date.now() - this.#began) / 1_000).toFixed(1).padStart(5);
    process.stdout.write(`${this.#paint('2', `${seconds} s`)}  ${text}\n`);
  }

  title(text: string): void {
    process.stdout.write(`\n${this.#paint('1', text)}\n\n`);
  }

  /** Prints the steps that have ended since it was called last. */
  steps({ steps }: OperationStatus, told: Set<string>): void {
    steps.forEach((step, at) => {
      const key = `${at} ${step.state}`;
      if (step.state === 'running' || told.has(key)) return;
      told.add(key);
      const mark = step.state === 'done' ? this.#paint('32', 'done  ') : this.#paint('31', step.state.padEnd(6));
      this.say(
        `${mark} ${step.step} ${step.object}${step.because && step.because !== 'done' ? `: ${step.because}` : ''}`,
      );
    });
  }

  gate({ id, question, commands, evidence, plan }: GateStatus): void {
    this.say(this.#paint('33', `gate   ${id}: ${question}`));
    for (const line of evidence) this.say(`       seen: ${line}`);
    for (const line of commands) this.say(`       will: ${line}`);
    this.say(`       plan: ${plan}`);
  }

  table(steps: readonly StepStatus[]): void {
    const widest = Math.max(26, ...steps.map(({ object }) => object.length));
    process.stdout.write('\n');
    for (const { step, object, startedAt, endedAt, state } of steps) {
      const seconds = endedAt ? ((Date.parse(endedAt) - Date.parse(startedAt)) / 1_000).toFixed(2) : '';
      process.stdout.write(
        `  ${step.padEnd(14)} ${object.padEnd(widest)} ${state.padEnd(8)} ${seconds.padStart(6)} s\n`,
      );
    }
    process.stdout.write('\n');
  }

  facts(rows: readonly (readonly [what: string, value: string])[]): void {
    for (const [what, value] of rows) process.stdout.write(`  ${what.padEnd(26)} ${value}\n`);
  }

  /** Asks at a terminal. Without one, or with `--yes`, the answer is yes, and it says so. */
  async confirm(question: string, yes: boolean, as: string): Promise<boolean> {
    if (yes || !process.stdin.isTTY) {
      this.say(`approved as ${as}, the demo's owner (${yes ? '--yes' : 'no terminal to ask at'})`);
      return true;
    }
    const terminal = createInterface({ input: process.stdin, output: process.stdout });
    const answer = await terminal.question(`         ${question} [y/N] `);
    terminal.close();
    return /^y(es)?$/i.test(answer.trim());
  }

  #paint(code: string, text: string): string {
    return this.#colour ? `\u001b[${code}m${text}\u001b[0m` : text;
  }
}

import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { atMost } from './at-most.ts';
import type { Cell } from './matrix.ts';
import { Table } from './table.ts';

const sideBySide = 40;

export interface Trial<Given> {
  readonly row: string;
  readonly column: string;
  /** What it is tried with. */
  readonly given: Given;
}

/** Runs all cells side by side, and lets each be a test of its own, named by the call and what went wrong with it. */
export async function tryAll<Given>(
  t: TestContext,
  title: string,
  trials: readonly Trial<Given>[],
  once: (given: Given) => Promise<Cell>,
): Promise<void> {
  const table = new Table(title);
  const cells = atMost(
    sideBySide,
    trials.map((trial) => () => once(trial.given)),
  );
  for (const [index, { row, column }] of trials.entries()) {
    await t.test(`${row}: ${column}`, async () => {
      const cell = await cells[index]!;
      table.set(row, column, cell.problems.length === 0 ? cell.outcome : 'BROKEN', cell.looks);
      assert.deepEqual(cell.problems, [], cell.calls.join(' '));
    });
  }
  process.stdout.write(table.print());
}

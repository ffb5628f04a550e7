/** How each cell of a matrix ended, printed as lines that a person can read, with the counts. */
export class Table {
  readonly #title: string;
  readonly #rows = new Map<string, Map<string, string>>();
  #looks = 0;

  constructor(title: string) {
    this.#title = title;
  }

  set(row: string, column: string, outcome: string, looks: number): void {
    const cells = this.#rows.get(row) ?? new Map<string, string>();
    this.#rows.set(row, cells.set(column, outcome));
    this.#looks += looks;
  }

  print(): string {
    const columns = [...new Set([...this.#rows.values()].flatMap((cells) => [...cells.keys()]))];
    const head = [this.#title, ...columns];
    const body = [...this.#rows].map(([row, cells]) => [row, ...columns.map((column) => cells.get(column) ?? '')]);
    const widths = head.map((_, at) => Math.max(...[head, ...body].map((line) => line[at]!.length)));
    const lines = [head, ...body].map((line) =>
      line
        .map((text, at) => text.padEnd(widths[at]!))
        .join('  ')
        .trimEnd(),
    );
    return `\n${[...lines, this.#counts()].join('\n')}\n\n`;
  }

  #counts(): string {
    const outcomes = [...this.#rows.values()].flatMap((cells) => [...cells.values()]);
    const kinds = [...new Set(outcomes)].map((kind) => `${outcomes.filter((each) => each === kind).length} ${kind}`);
    return `${outcomes.length} cells, ${kinds.join(', ')}; ${this.#looks} observations`;
  }
}

import type { Change } from '../../changed-sources.ts';

/** One mistake in the kernel: a piece of text that stands once in one file, and what stands there instead. */
export interface Mutant extends Change {
  readonly name: string;
  /** The test that must find it: its file below `test`, and its name. */
  readonly by: readonly [file: string, test: string];
}

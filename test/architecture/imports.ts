import { posix } from 'node:path';
import type { SourceFile } from './source-files.ts';

/** One import of one file. */
export interface Import {
  readonly line: number;
  /** What the file says, such as `../contract/errors.ts`. */
  readonly specifier: string;
  /** A path from the root of the repository, or the specifier of a package. */
  readonly target: string;
  /** Whether nothing of it is left at run time. An inline `import { type A }` is not so: it loads the module. */
  readonly typeOnly: boolean;
}

const fromClause =
  /^(?:import|export)\s+(type\s+)?(?:[\w$]+\s*,\s*)?(?:[\w$]+|\{[^}]*\}|\*(?:\s+as\s+[\w$]+)?)\s+from\s+['"]([^'"\n]+)['"]/gm;
const sideEffect = /^import\s+()['"]([^'"\n]+)['"]/gm;
const dynamic = /(\btypeof\s+)?\bimport\(\s*['"`]([^'"`\n]+)['"`]\s*[,)]/gm;

/** Every static and dynamic import and re-export, in the order of the file. A dynamic one whose name is computed is not seen. */
export function importsOf({ path, text }: SourceFile): readonly Import[] {
  return [fromClause, sideEffect, dynamic]
    .flatMap((form) => [...text.matchAll(form)])
    .toSorted((one, other) => one.index - other.index)
    .map((match) => {
      const specifier = match[2] ?? '';
      const line = text.slice(0, match.index).split('\n').length;
      return { line, specifier, target: targetOf(path, specifier), typeOnly: Boolean(match[1]) };
    });
}

function targetOf(path: string, specifier: string): string {
  return specifier.startsWith('.') ? posix.join(posix.dirname(path), specifier) : specifier;
}

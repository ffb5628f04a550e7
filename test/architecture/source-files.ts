import type { Dirent } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** One file of the repository, or one that a test made up: the checks can't tell them apart. */
export interface SourceFile {
  /** Path from the root of the repository, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

/** The root of the repository, with a slash at its end. */
export const root = fileURLToPath(new URL('../../', import.meta.url));

/** Every text file that belongs to the project, sorted by path. What is installed, built, hidden or binary is left out. */
export async function sourceFiles(): Promise<readonly SourceFile[]> {
  const paths = await pathsUnder('');
  const written = paths
    .filter((path) => /(^|\/)[^.]+$|\.(ts|py|json|md|ya?ml|txt|sh|html|css|svg)$/.test(path))
    .toSorted();
  return Promise.all(written.map(async (path) => ({ path, text: await readFile(root + path, 'utf8') })));
}

/** The files of one language, by the ending of their names. */
export function typescript(files: readonly SourceFile[]): readonly SourceFile[] {
  return files.filter(({ path }) => path.endsWith('.ts'));
}

/** Hidden folders are somebody's tools or another test's workshop, but for the one of continuous integration. */
function isForeign(entry: Dirent): boolean {
  if (entry.name === 'node_modules' || entry.name === 'dist' || entry.name === 'package-lock.json') return true;
  return entry.isDirectory() && entry.name.startsWith('.') && entry.name !== '.ci';
}

async function pathsUnder(folder: string): Promise<string[]> {
  const entries = await readdir(root + folder, { withFileTypes: true });
  const found = await Promise.all(
    entries.map(async (entry) => {
      if (isForeign(entry)) return [];
      const path = folder + entry.name;
      if (entry.isDirectory()) return pathsUnder(`${path}/`);
      return entry.isFile() ? [path] : [];
    }),
  );
  return found.flat();
}

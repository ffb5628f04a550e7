import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const source = fileURLToPath(new URL('../src/', import.meta.url));

/** One place in the sources, and what stands there instead. */
export interface Change {
  /** Below `src`. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/** Puts one change into a copy of the sources and returns what stood in its file. Throws unless its text stands there exactly once. */
export async function put(folder: string, { file, find, replace }: Change): Promise<string> {
  const path = join(folder, file);
  const right = await readFile(path, 'utf8');
  const times = right.split(find).length - 1;
  if (times !== 1) throw new Error(`the change no longer applies: its text stands ${times} times in src/${file}`);
  await writeFile(
    path,
    right.replace(find, () => replace),
  );
  return right;
}

/** A copy of the sources with changes in it: another version of the product. It lies beside them, so that the packages they import are found. */
export class ChangedSources {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async make(...changes: readonly Change[]): Promise<ChangedSources> {
    const folder = await mkdtemp(join(source, '../.changed-'));
    await cp(source, folder, { recursive: true });
    for (const change of changes) await put(folder, change);
    return new ChangedSources(folder);
  }

  remove(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true });
  }
}

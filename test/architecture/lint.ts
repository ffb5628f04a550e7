import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { root, type SourceFile } from './source-files.ts';

/**
 * What `.oxlintrc.json` says about the imports and the environment of these files, file by file: the advice, not the finding.
 * Each file is alone in a repository of its own, so that two may have the same path.
 */
export async function lintMessages(files: readonly SourceFile[]): Promise<readonly (readonly string[])[]> {
  const folder = await mkdtemp(join(tmpdir(), 'keyturn-lint-'));
  try {
    await Promise.all(files.map(async (file, index) => writeAlone(join(folder, `${index}`), file)));
    const findings = await lint(folder);
    return files.map(({ path }, index) =>
      findings.filter(({ filename }) => filename === join(`${index}`, path)).map(({ help }) => help),
    );
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function writeAlone(folder: string, { path, text }: SourceFile): Promise<void> {
  await mkdir(join(folder, dirname(path)), { recursive: true });
  await copyFile(`${root}.oxlintrc.json`, join(folder, '.oxlintrc.json'));
  await writeFile(join(folder, path), `${text}\n`);
}

interface Finding {
  readonly code: string;
  readonly filename: string;
  readonly help: string;
}

async function lint(folder: string): Promise<readonly Finding[]> {
  const oxlint = `${root}node_modules/oxlint/bin/oxlint`;
  const run = promisify(execFile)(process.execPath, [oxlint, '--format', 'json'], { cwd: folder });
  // Findings end it with 1, and that is what it is here for.
  const { stdout } = await run.catch((error: { stdout: string }) => error);
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: readonly Finding[] };
  return diagnostics.filter(({ code }) => code.includes('no-restricted-'));
}

import { spawn } from 'node:child_process';
import { cp, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { put } from '../../changed-sources.ts';
import type { Mutant } from './mutant.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** How the tests of one run ended, by their names: those that failed with what they said. */
export type Ended = ReadonlyMap<string, { readonly passed: boolean; readonly said: string }>;

/** For how long one run of tests may last, in milliseconds: far longer than the patience of any of them. */
const longest = 120_000;
const mostTries = 3;

/** A copy of the source and its tests, in which one mistake at a time is made. */
export class Mutated {
  #folder = '';

  async make(): Promise<void> {
    this.#folder = await mkdtemp(join(tmpdir(), 'keyturn-mutants-'));
    for (const each of ['src', 'test', 'package.json'])
      await cp(join(root, each), join(this.#folder, each), { recursive: true });
    await symlink(join(root, 'node_modules'), join(this.#folder, 'node_modules'));
  }

  async remove(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }

  /**
   * Runs tests of the copy by their names. Workflows are bundled from the copy, where it differs from what was bundled before. A
   * run that stands still shows nothing, neither of the tests nor of a mistake, and is made again.
   */
  async run(file: string, names: readonly string[], bundleAnew: boolean, signal: AbortSignal): Promise<Ended> {
    for (let attempt = 1; attempt <= mostTries; attempt += 1) {
      const said = await this.#runOnce(file, names, bundleAnew, signal);
      if (said !== undefined) return endedIn(said);
    }
    throw new Error(`${file} stood still for ${longest / 1_000} s, ${mostTries} times in a row`);
  }

  async #runOnce(
    file: string,
    names: readonly string[],
    bundleAnew: boolean,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const patterns = names.map((name) => `--test-name-pattern=/^${escaped(name)}$/`);
    const { NODE_TEST_CONTEXT: _inner, KEYTURN_TEST_BUNDLE: bundle, ...env } = process.env;
    const child = spawn(process.execPath, ['--test', '--test-reporter=tap', ...patterns, join('test', file)], {
      cwd: this.#folder,
      env: bundle === undefined || bundleAnew ? env : { ...env, KEYTURN_TEST_BUNDLE: bundle },
      stdio: ['ignore', 'pipe', 'ignore'],
      // The leader of a group, so that the servers that its tests have started end with it.
      detached: true,
    });
    let said = '';
    let stoodStill = false;
    child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const kill = () => child.pid !== undefined && process.kill(-child.pid, 'SIGKILL');
    const limit = setTimeout(() => {
      stoodStill = true;
      kill();
    }, longest);
    signal.addEventListener('abort', kill);
    try {
      await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve));
    } finally {
      clearTimeout(limit);
      signal.removeEventListener('abort', kill);
    }
    return stoodStill ? undefined : said;
  }

  /** Makes the mistake, acts, and sets it right again. Throws when the text does not stand in the file, or more than once. */
  async with<Value>(mutant: Mutant, act: () => Promise<Value>): Promise<Value> {
    const source = join(this.#folder, 'src');
    const right = await put(source, mutant);
    try {
      return await act();
    } finally {
      await writeFile(join(source, mutant.file), right);
    }
  }
}

/** Reads the Test Anything Protocol: `ok 1 - name`, or `not ok 2 - name` with the error among what follows it. */
function endedIn(tap: string): Ended {
  const ended = new Map<string, { passed: boolean; said: string }>();
  for (const part of tap.split(/^ *(?=(?:not )?ok \d+ - )/m)) {
    const [, not, name = ''] = /^(not )?ok \d+ - (.*?)(?<!\\)(?: # .*)?$/m.exec(part) ?? [];
    const [, said = ''] = /^ *error: (?:\|-\s*)?((?:.|\n)*?)^ *(?:code|name|expected|stack): /m.exec(part) ?? [];
    ended.set(name.replaceAll(/\\(.)/g, '$1'), { passed: not === undefined, said: said.replaceAll(/\s+/g, ' ') });
  }
  return ended;
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
}

import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { globSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { finished } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { converterPaths } from '../src/codec/data-converter.ts';
import {
  nginxServer,
  openbaoServer,
  resolveMoto,
  resolveProgram,
  temporalCli,
  temporalTestServer,
} from '../src/dev/backends/binaries.ts';
import { cacheFolder } from '../src/dev/backends/cache-folder.ts';
import { guardFolder } from '../src/dev/backends/process-guard.ts';
import { leftovers } from './leftovers.ts';

/**
 * Runs test files, two at a time, each in a process of its own: `node test/run.ts [GROUP] [PART OF A PATH ...]`. A group is a folder
 * that `npm test` leaves out because it is slow; parts of paths choose among the files of the group, or among all files. Ends with
 * the counts of Node's runner. Fails when a test failed or did not run without saying why, when a file has none, when there was
 * nothing to run, and when a process or a temporary file was left behind.
 */
const groups = ['system', 'faults', 'replay', 'browser'];
const root = fileURLToPath(new URL('../', import.meta.url));
const complaints: string[] = [];

const files = chosenFiles(process.argv.slice(2));
const folder = await mkdtemp(join(tmpdir(), 'keyturn-test-'));
const release = guardFolder(folder);
const temporary = join(folder, 'tmp');
await mkdir(temporary);
// PostgreSQL may have to run as another user, who has to get through to its own folder in here.
await Promise.all([chmod(folder, 0o711), chmod(temporary, 0o711)]);
await prepare();
const { passed, failed } = files.length > 0 ? await runFiles() : nothing();
complaints.push(...(await leftovers(temporary)));
await rm(folder, { recursive: true, force: true });
release();

for (const complaint of complaints) process.stdout.write(`✖ ${complaint}\n`);
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = failed + complaints.length === 0 ? 0 : 1;

function chosenFiles(words: readonly string[]): readonly string[] {
  const group = groups.find((each) => each === words[0]);
  const parts = group === undefined ? words : words.slice(1);
  const all = globSync('test/**/*.test.ts', { cwd: root }).toSorted();
  const isIn = (file: string, each: string): boolean => file.startsWith(`test/${each}/`);
  if (group !== undefined) return all.filter((file) => isIn(file, group) && isChosen(file, parts));
  if (parts.length > 0) return all.filter((file) => isChosen(file, parts));
  return all.filter((file) => !groups.some((each) => isIn(file, each)));
}

function isChosen(file: string, parts: readonly string[]): boolean {
  return parts.length === 0 || parts.some((part) => file.includes(part));
}

function nothing(): { passed: number; failed: number } {
  complaints.push('there is no such test file');
  return { passed: 0, failed: 0 };
}

/** What all files need is made once: side by side, each would fetch and bundle its own. */
async function prepare(): Promise<void> {
  const say = (text: string): void => void process.stdout.write(`${text}\n`);
  const fetching = { env: process.env, progress: say };
  await resolveProgram(temporalTestServer, fetching);
  await resolveProgram(temporalCli, fetching);
  if (files.some((file) => /^test\/(system|faults|browser)\//.test(file))) {
    await resolveProgram(openbaoServer, fetching);
    await resolveMoto(fetching);
  }
  if (files.some((file) => file.startsWith('test/system/'))) {
    await resolveProgram(nginxServer, fetching);
  }
  process.env['KEYTURN_CACHE'] ??= cacheFolder(process.env);
  if (files.some((file) => /^test\/(workflows|faults)\//.test(file))) await bundle();
  process.env['NODE_COMPILE_CACHE'] = join(folder, 'compiled');
  process.env['TMPDIR'] = temporary;
}

async function bundle(): Promise<void> {
  const workflowsPath = join(root, 'src/workflows/index.ts');
  const { code } = await bundleWorkflowCode({
    workflowsPath,
    ...converterPaths(undefined),
    logger: new DefaultLogger('ERROR'),
  });
  process.env['KEYTURN_TEST_BUNDLE'] = join(folder, 'workflows.cjs');
  await writeFile(process.env['KEYTURN_TEST_BUNDLE'], code);
}

async function runFiles(): Promise<{ passed: number; failed: number }> {
  const counts = { passed: 0, failed: 0 };
  const watchdog = new URL('watchdog.ts', import.meta.url).href;
  const tests = run({
    files: files.map((file) => join(root, file)),
    concurrency: 2,
    cwd: root,
    execArgv: ['--import', watchdog],
  });
  tests.on('test:pass', ({ name, file = '', skip, todo }) => {
    if (join(root, relative(root, name)) === file) complaints.push(`${name} has no test`);
    if (skip === true || todo !== undefined) complaints.push(`${name} did not run, and nothing says why`);
  });
  tests.on('test:summary', ({ file, success, counts: { tests: all, passed, skipped, todo } }) => {
    if (file !== undefined) return;
    Object.assign(counts, { passed, failed: all - passed - skipped - todo });
    if (!success && counts.failed === 0) complaints.push('something failed outside of the tests');
  });
  const report = tests.compose(spec);
  report.pipe(process.stdout, { end: false });
  await finished(report);
  return counts;
}

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import type * as Built from '../../src/worker/workflow-bundle.ts';
import { buildIdOf } from '../../src/worker/deployment.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../', import.meta.url));

let folder: string;
let built: typeof Built;

/** What `npm run build` does, to a folder of its own: it lies beside the sources, so that the packages they import are found. */
before(async () => {
  folder = await mkdtemp(join(root, '.changed-'));
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  await run(process.execPath, [compiler, '-p', join(root, 'tsconfig.build.json'), '--outDir', join(folder, 'dist')]);
  await run(process.execPath, [join(folder, 'dist/src/worker/write-bundles.js')]);
  built = await import(pathToFileURL(join(folder, 'dist/src/worker/workflow-bundle.js')).href);
});
after(() => rm(folder, { recursive: true, force: true }));

const codec = { current: 'k1', keys: new Map() };

test('I11: what a build bundles is the build that a start would bundle, with a codec and without', async () => {
  for (const each of [undefined, codec]) {
    const taken = await built.workflowBundle(each);
    const file = join(folder, 'dist', `workflows.${each ? 'encrypted' : 'clear'}.js`);
    assert.equal(taken.code, await readFile(file, 'utf8'), 'it is the one that lies there');
    assert.equal(buildIdOf(taken), buildIdOf(await built.bundleWorkflows(each)));
  }
});

test('I11: compiled workflows that were changed after the build are bundled anew, as a build of their own', async () => {
  const before = buildIdOf(await built.workflowBundle(codec));
  await appendFile(join(folder, 'dist/src/workflows/rotate-credential.js'), '\nexport const changed = true;\n');
  assert.notEqual(buildIdOf(await built.workflowBundle(codec)), before);
});

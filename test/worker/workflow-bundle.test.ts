import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { buildIdOf } from '../../src/worker/deployment.ts';
import { bundleWorkflows, readFresh } from '../../src/worker/workflow-bundle.ts';

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keyturn-bundle-'));
});
after(() => rm(folder, { recursive: true, force: true }));

/** A bundle as webpack writes it, of one source that lies on the disk and one that the bundler made up. */
async function write(source: string, text: string): Promise<string> {
  const path = join(folder, 'bundle.js');
  const map = { sources: [source, 'webpack/bootstrap'], sourcesContent: [text, 'made up'] };
  const encoded = Buffer.from(JSON.stringify(map)).toString('base64');
  await writeFile(path, `code();\n//# sourceMappingURL=data:application/json;charset=utf-8;base64,${encoded}`);
  return path;
}

test('I11: a bundle that was made before names the same build as one made at the start', async () => {
  const path = join(folder, 'workflows.js');
  await writeFile(path, (await bundleWorkflows(undefined)).code);
  const prebuilt = await readFresh(path);
  assert.ok(prebuilt);
  assert.equal(buildIdOf(prebuilt), buildIdOf(await bundleWorkflows(undefined)));
});

test('I11: a bundle is taken only while its sources are what it was made of', async () => {
  const source = join(folder, 'rotate.js');
  const bundle = await write(source, 'rotate();');
  await writeFile(source, 'rotate();');
  assert.ok(await readFresh(bundle), 'word for word');
  await writeFile(source, 'rotate(twice);');
  assert.equal(await readFresh(bundle), undefined, 'changed');
  await rm(source);
  assert.equal(await readFresh(bundle), undefined, 'gone');
});

test('where there is no bundle none is taken', async () => {
  assert.equal(await readFresh(join(folder, 'nowhere.js')), undefined);
});

import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger, Runtime, Worker, type WorkflowBundle } from '@temporalio/worker';
import { converterPaths } from '../../src/codec/data-converter.ts';
import { ChangedSources } from '../changed-sources.ts';

Runtime.install({ logger: new DefaultLogger('ERROR'), telemetryOptions: { logging: { filter: 'OFF' } } });

const histories = fileURLToPath(new URL('./histories/', import.meta.url));
const source = fileURLToPath(new URL('../../src/', import.meta.url));
const recorded: { release: string; file: string }[] = [];
for (const release of await readdir(histories)) {
  for (const file of await readdir(join(histories, release))) recorded.push({ release, file });
}

const bundle = (root: string): Promise<WorkflowBundle> =>
  bundleWorkflowCode({
    workflowsPath: join(root, 'workflows/index.ts'),
    ...converterPaths(undefined),
    logger: new DefaultLogger('ERROR'),
  });

const replay = async (workflowBundle: WorkflowBundle, { release, file }: (typeof recorded)[number]) =>
  Worker.runReplayHistory(
    { workflowBundle },
    JSON.parse(await readFile(join(histories, release, file), 'utf8')) as object,
  );

describe('I11: histories of every release replay on the code of today', () => {
  let today: WorkflowBundle;
  before(async () => {
    today = await bundle(source);
  });

  test('there are histories to replay', () => assert.ok(recorded.length >= 10, `${recorded.length} found`));

  for (const each of recorded) {
    test(`${each.release}: ${each.file}`, () => replay(today, each));
  }
});

describe('F13: a change that would break an operation which waits is found', () => {
  let changed: ChangedSources;
  before(async () => {
    const quiet = 'await stayQuiet(run, plan);';
    changed = await ChangedSources.make({ file: 'workflows/rotate-credential.ts', find: quiet, replace: '' });
  });
  after(() => changed?.remove());

  test('a runbook that no longer stays quiet does not replay', async () => {
    const broken = await bundle(changed.folder);
    const rotation = recorded.find(({ file: name }) => name === 'alternate.operation.json');
    assert.ok(rotation);
    await assert.rejects(replay(broken, rotation), { name: 'DeterminismViolationError' });
  });
});

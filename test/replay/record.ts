import { mkdir, writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import packageJson from '../../package.json' with { type: 'json' };
import { Harness } from '../workflows/harness.ts';
import { scenes } from './scenes.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = new URL(`./histories/${packageJson.version}/`, import.meta.url);

// Part of a release, and never of a test run: `npx node --test test/replay/record.ts`, then commit the new folder.
const harness = new Harness();
for (const [name, scene] of Object.entries(scenes)) {
  test(`records ${name}`, async () => {
    await mkdir(folder, { recursive: true });
    for (const [kind, history] of Object.entries(await scene(harness))) {
      const text = historyToJSON(history as Parameters<typeof historyToJSON>[0]);
      // Stack traces tell where this copy of the sources lies.
      await writeFile(new URL(`${name}.${kind}.json`, folder), text.replaceAll(root, ''));
    }
  });
}

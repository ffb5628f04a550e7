import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { test } from 'node:test';
import { loadProviders } from '../../src/providers/registry.ts';

for (const port of ['credentials', 'consumers', 'entitlements', 'stores', 'authorities'] as const) {
  test(`the registry has every provider that lies in the folder ${port}, each under the name of its file`, async () => {
    const files = await readdir(new URL(`../../src/providers/${port}/`, import.meta.url));
    const loaded = await loadProviders();
    assert.deepEqual(
      loaded[port].map(({ kind }) => `${kind}.ts`),
      files.toSorted(),
    );
    for (const provider of loaded[port]) assert.equal(typeof provider.create, 'function');
  });
}

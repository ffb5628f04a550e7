import assert from 'node:assert/strict';
import { test } from 'node:test';
import { storeSystem } from './mutants/right-store.ts';
import { storeMutants } from './mutants/stores.ts';
import { describeStorePort, runStoreCase, storeCases } from './stores.ts';

describeStorePort({ name: 'the right store', open: async () => storeSystem() });

for (const { name, caughtBy, mutate } of storeMutants) {
  test(`the suite catches a store that ${name}, in "${caughtBy}"`, async () => {
    const failed: string[] = [];
    for (const each of storeCases) {
      await runStoreCase(each, { open: async () => storeSystem(mutate) }).catch(() => failed.push(each.name));
    }
    assert.ok(
      failed.some((each) => each.startsWith(caughtBy)),
      `it failed ${failed.join(' | ') || 'nothing'}`,
    );
  });
}

test('every case of the store suite catches a mutant', () => {
  const idle = storeCases.filter((each) => !storeMutants.some(({ caughtBy }) => each.name.startsWith(caughtBy)));
  assert.deepEqual(
    idle.map(({ name }) => name),
    [],
  );
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeEntitlementPort, entitlementCases, runEntitlementCase } from './entitlements.ts';
import { entitlementMutants } from './mutants/entitlements.ts';
import { entitlementSystem } from './mutants/right-entitlements.ts';

describeEntitlementPort({ name: 'the right entitlement port', open: async () => entitlementSystem() });

for (const { name, caughtBy, mutate } of entitlementMutants) {
  test(`the suite catches an entitlement port that ${name}, in "${caughtBy}"`, async () => {
    const failed: string[] = [];
    for (const each of entitlementCases) {
      await runEntitlementCase(each, { open: async () => entitlementSystem(mutate) }).catch(() =>
        failed.push(each.name),
      );
    }
    assert.ok(
      failed.some((each) => each.startsWith(caughtBy)),
      `it failed ${failed.join(' | ') || 'nothing'}`,
    );
  });
}

test('every case of the entitlement suite catches a mutant', () => {
  const idle = entitlementCases.filter(
    (each) => !entitlementMutants.some(({ caughtBy }) => each.name.startsWith(caughtBy)),
  );
  assert.deepEqual(
    idle.map(({ name }) => name),
    [],
  );
});

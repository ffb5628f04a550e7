import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldChanges } from '../../src/cli/manifest-diff.ts';
import { ordersSpec } from '../fakes/orders-spec.ts';

test('where entitlements are listed is one field, and a change of it is seen', () => {
  const entitlements = [{ connection: 'grants', account: 'orders' }];
  const changed = fieldChanges(ordersSpec, { ...ordersSpec, entitlements });
  assert.deepEqual(changed, [
    { field: 'entitlements', from: '[]', to: '[{"connection":"grants","account":"orders"}]' },
  ]);
  assert.deepEqual(fieldChanges({ ...ordersSpec, entitlements }, { ...ordersSpec, entitlements }), []);
});

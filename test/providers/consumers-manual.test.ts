import assert from 'node:assert/strict';
import { test } from 'node:test';
import { provider } from '../../src/providers/consumers/manual.ts';
import { worldOf } from '../fakes/world.ts';

test('a manual consumer is moved by a person, shows what to do, and can do nothing by itself', () => {
  const port = provider.create(
    provider.config.parse({ instructions: '  Paste it into the portal.\n' }),
    worldOf('portal'),
  );
  assert.deepEqual(port, { by: 'person', instructions: 'Paste it into the portal.' });
});

test('without instructions nobody would know what to do, so that is no configuration', () => {
  for (const instructions of [undefined, '', '  \n', 'x'.repeat(2_001)]) {
    assert.ok(!provider.config.safeParse({ instructions }).success);
  }
});

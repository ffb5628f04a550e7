import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import type { ConsumerSpec } from '../../src/contract/identity.ts';
import { waves } from '../../src/workflows/rules/waves.ts';

function consumer(id: string, change: Partial<ConsumerSpec> = {}): ConsumerSpec {
  return { id, connection: id, target: '', canary: false, after: [], ...change };
}

const ids = (consumers: readonly ConsumerSpec[]) => waves(consumers).map((wave) => wave.map(({ id }) => id));

const tables: readonly [sentence: string, consumers: readonly ConsumerSpec[], order: readonly string[][]][] = [
  ['no consumer is no wave', [], []],
  ['consumers that wait for nobody are moved together', [consumer('a'), consumer('b')], [['a', 'b']]],
  ['a canary is moved alone and first', [consumer('a'), consumer('b', { canary: true })], [['b'], ['a']]],
  [
    'two canaries are moved one after the other',
    [consumer('a'), consumer('b', { canary: true }), consumer('c', { canary: true })],
    [['b'], ['c'], ['a']],
  ],
  ['nobody is moved before what it waits for', [consumer('a', { after: ['b'] }), consumer('b')], [['b'], ['a']]],
  [
    'a canary that waits for an ordinary consumer waits for it',
    [consumer('a', { canary: true, after: ['b'] }), consumer('b'), consumer('c', { after: ['a'] })],
    [['b'], ['a'], ['c']],
  ],
  [
    'whoever waits for two waits for both',
    [consumer('a', { after: ['b', 'c'] }), consumer('b'), consumer('c', { after: ['b'] })],
    [['b'], ['c'], ['a']],
  ],
  [
    'consumers that wait for each other are moved one by one rather than never',
    [consumer('a', { after: ['b'] }), consumer('b', { after: ['a'] }), consumer('c')],
    [['c'], ['a'], ['b']],
  ],
  ['one that waits for a stranger is moved all the same', [consumer('a', { after: ['nobody'] })], [['a']]],
];

describe('waves', () => {
  for (const [sentence, consumers, order] of tables) {
    test(sentence, () => assert.deepEqual(ids(consumers), order));
  }

  const graph = fc
    .array(fc.record({ canary: fc.boolean(), after: fc.array(fc.nat(11), { maxLength: 3 }) }), { maxLength: 12 })
    .map((all) => all.map(({ canary, after }, at) => consumer(`c${at}`, { canary, after: after.map((n) => `c${n}`) })));

  test('every consumer is moved exactly once, whatever waits for whatever', () => {
    fc.assert(
      fc.property(graph, (consumers) => {
        const moved = ids(consumers).flat();
        assert.deepEqual(moved.toSorted(), consumers.map(({ id }) => id).toSorted());
      }),
    );
  });

  test('where nobody waits in a circle, each waits for all it names, and canaries go alone', () => {
    fc.assert(
      fc.property(graph, (drawn) => {
        const known = new Set<string>();
        const consumers = drawn.map((each) => {
          const after = each.after.filter((id) => known.has(id));
          known.add(each.id);
          return { ...each, after };
        });
        const done = new Set<string>();
        for (const wave of waves(consumers)) {
          for (const { after } of wave) assert.ok(after.every((id) => done.has(id)));
          if (wave.some(({ canary }) => canary)) assert.equal(wave.length, 1);
          for (const { id } of wave) done.add(id);
        }
      }),
    );
  });
});

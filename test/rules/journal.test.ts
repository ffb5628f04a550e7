import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Journal } from '../../src/workflows/runbook/journal.ts';

test('the journal is bounded: what came first is kept, and what was not kept is counted', () => {
  const journal = new Journal();
  for (let n = 0; n < 5_000; n += 1)
    journal.write({ step: 'order', command: 'pause', object: 'orders', verdict: 'denied', because: `number ${n}` });
  const entries = journal.read();
  assert.equal(entries.length, 2_001);
  assert.equal(entries[1_999]?.because, 'number 1999');
  assert.equal(entries.at(-1)?.because, '3000 more entries were not kept');
});

test('the journal below its bound says nothing of entries that were not kept', () => {
  const journal = new Journal();
  journal.write({ step: 'hold', command: 'hold', object: 'orders', verdict: 'yes', because: 'held' });
  assert.deepEqual(
    journal.read().map(({ step }) => step),
    ['hold'],
  );
});

test('what the journal answers fits into one message, however long the words that people send', () => {
  const journal = new Journal();
  const because = `rob@example.com: ${'\u20ac'.repeat(1_000)}`;
  for (let n = 0; n < 5_000; n += 1)
    journal.write({ step: 'order', command: 'pause', object: 'orders', verdict: 'accepted', because });
  const bytes = Buffer.byteLength(JSON.stringify(journal.read()));
  // https://docs.temporal.io/self-hosted-guide/defaults: a payload, and so the answer to a query, has at most 2 MB.
  assert.ok(bytes < 2_000_000, `${bytes} bytes`);
});

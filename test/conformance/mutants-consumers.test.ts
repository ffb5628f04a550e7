import assert from 'node:assert/strict';
import { test } from 'node:test';
import { consumerCases, describeConsumerPort, runConsumerCase } from './consumers.ts';
import { consumerMutants } from './mutants/consumers.ts';
import { consumerSystem } from './mutants/right-consumer.ts';

describeConsumerPort({ name: 'the right consumer', open: async () => consumerSystem() });

for (const { name, caughtBy, mutate } of consumerMutants) {
  test(`the suite catches a consumer that ${name}, in "${caughtBy}"`, async () => {
    const failed: string[] = [];
    for (const each of consumerCases) {
      await runConsumerCase(each, { open: async () => consumerSystem(mutate) }).catch(() => failed.push(each.name));
    }
    assert.ok(
      failed.some((each) => each.startsWith(caughtBy)),
      `it failed ${failed.join(' | ') || 'nothing'}`,
    );
  });
}

test('every case of the consumer suite catches a mutant', () => {
  const idle = consumerCases.filter((each) => !consumerMutants.some(({ caughtBy }) => each.name.startsWith(caughtBy)));
  assert.deepEqual(
    idle.map(({ name }) => name),
    [],
  );
});

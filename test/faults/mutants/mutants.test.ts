import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Mutated } from './mutated.ts';
import { mutants } from './mutants.ts';

/*
 * A test that can not fail protects nothing. Each of these mistakes is made in a copy of the kernel, and the one test that is
 * named beside it must fail there: it, and not the file as a whole. Without a mistake the same tests pass.
 */
const copy = new Mutated();
before(() => copy.make());
after(() => copy.remove());

const files = [...new Set(mutants.map(({ by: [file] }) => file))];

describe('the kernel as it is passes what its mutants are tried with', () => {
  for (const file of files)
    test(file, async ({ signal }) => {
      const names = [...new Set(mutants.flatMap(({ by: [each, name] }) => (each === file ? [name] : [])))];
      const ended = await copy.run(file, names, false, signal);
      assert.deepEqual(
        names.filter((name) => !ended.get(name)?.passed),
        [],
      );
    });
});

describe('each mutant is caught', () => {
  for (const mutant of mutants) {
    const [file, name] = mutant.by;
    test(`${mutant.name}: caught by "${name}" of test/${file}`, async (t) => {
      const bundleAnew = mutant.file.startsWith('workflows/') && !file.startsWith('rules/');
      const ended = await copy.with(mutant, () => copy.run(file, [name], bundleAnew, t.signal));
      assert.equal(ended.get(name)?.passed, false, `it survived, or the test did not run: ${[...ended.keys()].join()}`);
      t.diagnostic(ended.get(name)!.said.slice(0, 300));
    });
  }
});

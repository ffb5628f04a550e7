import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { crossings, fences } from './fences.ts';
import { importsOf } from './imports.ts';
import { lintMessages } from './lint.ts';
import { sourceFiles } from './source-files.ts';
import { trials, type Trial } from './trials.ts';

const crossing = trials.filter(({ instead }) => instead !== undefined);
const name = ({ path, text, instead }: Trial): string => `${path} ${instead ? 'is refused' : 'may say'} ${text}`;

test('no file of the product reaches over a fence', async () => {
  assert.deepEqual(crossings(await sourceFiles()), []);
});

describe('each fence, tried by crossing it', () => {
  for (const trial of trials) {
    test(name(trial), () => {
      const [said, ...more] = crossings([trial]);
      assert.deepEqual(more, []);
      assert.equal(said?.replace(/^\S+:1 imports \S+\. /, ''), trial.instead);
    });
  }

  test('there is a trial for every fence', () => {
    const tried = new Set(crossing.map(({ instead }) => instead));
    assert.deepEqual(
      fences.map(({ instead }) => instead).filter((instead) => !tried.has(instead)),
      [],
    );
  });
});

describe('the lint says the same, word for word', async () => {
  const said = await lintMessages(trials);
  for (const [index, trial] of trials.entries()) {
    test(name(trial), () => assert.deepEqual(said[index], trial.instead === undefined ? [] : [trial.instead]));
  }
});

test('an import is seen in every form that it can take', () => {
  const text = [
    `import one from 'one';`,
    `import two, { type Two } from './two.ts';`,
    `import {\n  three,\n  type Three,\n} from '../three.ts';`,
    `import * as four from 'four';`,
    `import 'five';`,
    `import type { Six } from 'six';`,
    `export { seven } from 'seven';`,
    `export type { Eight } from 'eight';`,
    `export * from 'nine';`,
    `  const ten = await import('./ten.ts');`,
    `type Eleven = typeof import('eleven');`,
    `import packageJson from '../twelve.json' with { type: 'json' };`,
    `export const from = 'none';`,
  ].join('\n');
  const types = ['six', 'eight', 'eleven'];
  const expected = [
    'one',
    'a/two.ts',
    'three.ts',
    'four',
    'five',
    'six',
    'seven',
    'eight',
    'nine',
    'a/ten.ts',
    'eleven',
  ];
  assert.deepEqual(
    importsOf({ path: 'a/b.ts', text }).map(({ target, typeOnly }) => ({ target, typeOnly })),
    [...expected, 'twelve.json'].map((target) => ({ target, typeOnly: types.includes(target) })),
  );
});

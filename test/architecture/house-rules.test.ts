import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as rules from './house-rules.ts';
import { lintMessages } from './lint.ts';
import { sourceFiles, type SourceFile } from './source-files.ts';

const files = await sourceFiles();

/** One file, and how many places of it are named: by no rule is a file refused without a reason. */
type Case = readonly [sentence: string, rule: rules.HouseRule, path: string, text: string, places?: number];

const lines = (count: number): string => 'export {};\n'.repeat(count);
const skipped = 'test.' + 'skip("later", () => {});';
const flagged = "test('x', { to" + 'do: true }, () => {});';
const host = 'https://registry.' + 'npmjs.org/';

const cases: readonly Case[] = [
  ['no file is longer than 200 lines', rules.keepsFilesShort, 'src/worker.ts', lines(201)],
  ['200 lines are not too many', rules.keepsFilesShort, 'src/worker.ts', lines(200), 0],
  ['a folder has a name that says something', rules.namesThings, 'src/cli/utils/terminal.ts', ''],
  ['a file has a name that says something', rules.namesThings, 'test/fakes/helpers.test.ts', ''],
  ['in the product a name may not even end in nothing', rules.namesThings, 'src/activities/hold-manager.ts', ''],
  ['what a demo plays may be called a service', rules.namesThings, 'examples/demo/orders-service.ts', '', 0],
  ['a note that work is left is no substitute for it', rules.finishesWork, 'docs/README.md', '// TO' + 'DO: this'],
  ['no test is left out', rules.runsEveryTest, 'test/rules/trial.test.ts', skipped],
  ['no test is marked as to be done', rules.runsEveryTest, 'test/rules/trial.test.ts', flagged],
  [
    'a reason to skip may be given',
    rules.runsEveryTest,
    'test/rules/trial.test.ts',
    "{ skip: isRoot ? 'x' : false }",
    0,
  ],
  ['no path of one machine is written down', rules.knowsNoMachine, 'docs/install.md', 'cd /' + 'home/rob/keyturn'],
  ['no package registry is named', rules.knowsNoRegistry, '.npmrc', `registry=${host}`],
  ['the environment is not read', rules.leavesEnvironmentAlone, 'src/providers/trial.ts', "process.env['A'];"],
  ['nor taken apart', rules.leavesEnvironmentAlone, 'src/activities/trial.ts', 'const { env } = process;'],
  ['but by the configuration', rules.leavesEnvironmentAlone, 'src/worker.ts', "process.env['A'];", 0],
];

describe('each house rule, tried by breaking it', () => {
  for (const [sentence, rule, path, text, places = 1] of cases) {
    test(`${sentence}: ${path}`, () => {
      const said = rule([{ path, text }]);
      assert.equal(said.length, places, said.join('\n'));
      assert.ok(said.every((each) => each.startsWith(path)));
    });
  }

  test('zod and node stay out of the workflow bundle, however they get there', () => {
    const roundabout: SourceFile[] = [
      { path: 'src/workflows/index.ts', text: `export { a } from './a.ts';\nimport type { b } from './b.ts';` },
      { path: 'src/workflows/a.ts', text: `import { c } from '../contract/c.ts';` },
      { path: 'src/workflows/b.ts', text: `import { readFile } from 'node:fs';` },
      { path: 'src/contract/c.ts', text: `import { z } from 'zod';` },
    ];
    assert.deepEqual(rules.bundlesOnlyReplayable(roundabout), [
      'src/contract/c.ts:1 brings zod into the workflow bundle.',
    ]);
  });

  test('a provider is one file and one test, and nobody lists it', () => {
    const path = 'src/providers/stores/vault.ts';
    const provider = { path, text: `export const provider = { kind: 'vault' };` };
    const suite = { path: 'test/vault.test.ts', text: `import { provider } from '../${path}';\ndescribeStorePort(` };
    assert.deepEqual(rules.registersByFolder([provider, suite]), []);
    const list = { path: 'src/worker.ts', text: `import { provider } from './providers/stores/vault.ts';` };
    const other = { path, text: `export const provider = { kind: 'bao' };\nexport function open() {}` };
    assert.deepEqual(rules.registersByFolder([other, list]), [
      `${path} must export \`provider\` and nothing else.`,
      `${path} must be of kind 'vault', the name of its file.`,
      `${path} has no test that runs its port's suite.`,
      `src/worker.ts lists ${path}: the folder is the registry.`,
    ]);
  });

  test('the lint refuses the environment as well', async () => {
    const broken = cases.filter(([, rule]) => rule === rules.leavesEnvironmentAlone);
    const said = await lintMessages(broken.map(([, , path, text]) => ({ path, text })));
    assert.deepEqual(
      said,
      broken.map(([, , , , places = 1]) => Array(places).fill(rules.readEnvironmentOnce)),
    );
  });
});

describe('the house keeps its rules', () => {
  test('there are files to look at', () => assert.ok(files.length > 250, `${files.length} files`));

  for (const [name, rule] of Object.entries(rules)) {
    if (typeof rule !== 'function') continue;
    const sentence = name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
    test(`it ${sentence}`, () => assert.deepEqual(rule(files), []));
  }
});

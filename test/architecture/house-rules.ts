import { basename } from 'node:path';
import { importsOf } from './imports.ts';
import { typescript, type SourceFile } from './source-files.ts';

/** Reads all files and answers with a sentence for each place where one of them breaks the rule. */
export type HouseRule = (files: readonly SourceFile[]) => readonly string[];

const mostLines = 200;

export const keepsFilesShort: HouseRule = (files) =>
  typescript(files).flatMap(({ path, text }) => {
    const lines = text.trimEnd().split('\n').length;
    if (lines <= mostLines) return [];
    return [`${path} has ${lines} lines, and ${mostLines} is the most: split it where its subject changes.`];
  });

const emptyWord = /^(utils?|helpers?|managers?|services?|commons?)$/i;

export const namesThings: HouseRule = (files) =>
  files.flatMap(({ path }) => {
    const empty = path.split('/').find((part) => isEmptyName(path, part));
    return empty ? [`${path}: ${empty} says nothing. Name it after the one thing in it.`] : [];
  });

/** In the product a name may not even end so; what a demo plays may be called a service, since it is one. */
function isEmptyName(path: string, part: string): boolean {
  const words = (part.split('.')[0] ?? '').split('-');
  return emptyWord.test(words.join('-')) || (path.startsWith('src/') && emptyWord.test(words.at(-1) ?? ''));
}

export const finishesWork: HouseRule = everyLine(
  /\b(TO[D]O|FIX[M]E|X[X]X)\b/,
  'do it, or write it down where work is planned.',
);

const inTests = /^test\/.*\.ts$/;

export const runsEveryTest: HouseRule = (files) =>
  everyLine(
    /\b(test|it|describe|suite|before|after|context|t)\.(skip|todo|only)\b|[{,]\s*(todo|only):|[{,]\s*skip:\s*true/,
    'a test that does not run protects nothing. Run it, give `skip` a reason that holds on this machine only, or delete it.',
  )(files.filter(({ path }) => inTests.test(path)));

export const knowsNoMachine: HouseRule = everyLine(
  /(^|[\s"'`(=:]|file:\/\/)\/(root|home|Users|work)\/\w|\b[A-Z]:\\\\?Users\b/,
  'a path of one machine. Take it from import.meta.url, tmpdir() or the configuration.',
);

export const knowsNoRegistry: HouseRule = everyLine(
  /\b(registry\.(npmjs|yarnpkg)\.|pypi\.(org|python)|files\.pythonhosted\.|proxy\.golang\.)/,
  'the host of a package registry. Which one is used is for npm and pip to know.',
);

const configured = /^src\/(contract|workflows|activities|providers|codec|input|certificates)\//;

/** What `no-restricted-properties` in `.oxlintrc.json` says, word for word. */
export const readEnvironmentOnce = 'Configuration is read once, in config.ts: take what you need as a parameter.';

export const leavesEnvironmentAlone: HouseRule = (files) =>
  everyLine(
    /\bprocess\.env\b|\{[^}]*\benv\b[^}]*\}\s*=\s*process\b/,
    readEnvironmentOnce,
  )(files.filter(({ path }) => configured.test(path)));

/** Follows what is left at run time from the root of the workflows: each file that the bundle holds must be free to replay. */
export const bundlesOnlyReplayable: HouseRule = (files) => {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const bundled = new Set(['src/workflows/index.ts']);
  const found: string[] = [];
  for (const path of bundled) {
    for (const { line, target, typeOnly } of importsOf(byPath.get(path) ?? { path, text: '' })) {
      if (typeOnly) continue;
      if (byPath.has(target)) bundled.add(target);
      else if (/^(node:|zod$)/.test(target)) found.push(`${path}:${line} brings ${target} into the workflow bundle.`);
    }
  }
  return found;
};

const providerFile = /^src\/providers\/(credentials|consumers|entitlements|stores|authorities)\//;

/** The folder is the registry: each file offers one provider by its own name, a test keeps it honest, and nobody lists it. */
export const registersByFolder: HouseRule = (files) => {
  const providers = files.filter(({ path }) => providerFile.test(path));
  const product = typescript(files).filter(({ path }) => path.startsWith('src/'));
  const tests = files.filter(({ path }) => path.endsWith('.test.ts'));
  const importers = (of: string, among: readonly SourceFile[]): readonly SourceFile[] =>
    among.filter((file) => importsOf(file).some(({ target }) => target === of));
  return providers.flatMap(({ path, text }) => {
    const kind = basename(path, '.ts');
    const exported = [
      ...text.matchAll(/^export (?!type|interface)(?:(?:const|function|class|async function)\s+)?([\w$*{]+)/gm),
    ];
    return [
      ...(exported.map(([, name]) => name).join() === 'provider'
        ? []
        : [`${path} must export \`provider\` and nothing else.`]),
      ...(text.includes(`kind: '${kind}'`) ? [] : [`${path} must be of kind '${kind}', the name of its file.`]),
      ...(importers(path, tests).some((file) => isSuiteRun(file, text))
        ? []
        : [`${path} has no test that runs its port's suite.`]),
      ...importers(path, product).map((file) => `${file.path} lists ${path}: the folder is the registry.`),
    ];
  });
};

/** There is no suite for what a person does; its test has to be there all the same. */
function isSuiteRun(test: SourceFile, provider: string): boolean {
  return (
    /\bdescribe(Credential|Consumer|Entitlement|Store|Authority)Port\(/.test(test.text) ||
    provider.includes("by: 'person'")
  );
}

function everyLine(forbidden: RegExp, instead: string): HouseRule {
  return (files) =>
    files.flatMap(({ path, text }) =>
      text.split('\n').flatMap((line, index) => (forbidden.test(line) ? [`${path}:${index + 1}: ${instead}`] : [])),
    );
}

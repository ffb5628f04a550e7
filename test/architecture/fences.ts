import { importsOf } from './imports.ts';
import { typescript, type SourceFile } from './source-files.ts';

/** One thing that the files of one folder must not reach for. */
export interface Fence {
  /** The files it stands around. */
  readonly around: RegExp;
  /** What must not be imported: a path from the root, or the specifier of a package. */
  readonly out: RegExp;
  /** What of that may be imported all the same. */
  readonly but?: RegExp;
  /** Whether `import type` climbs over it, since nothing of that is left at run time. */
  readonly types?: true;
  /** What to do instead. `.oxlintrc.json` says the same, word for word. */
  readonly instead: string;
}

const aPackage = /^(?!src\/|test\/|bench\/|examples\/)/;
const inside = /^(src|test|bench|examples)\//;

/** Of the fences that an import crosses, the first one speaks. */
export const fences: readonly Fence[] = [
  {
    around: /^src\/contract\//,
    out: /./,
    but: /^(src\/contract\/|zod$)/,
    instead: 'contract/ is the vocabulary and imports nothing but zod: move what you need into contract/.',
  },
  {
    around: /^src\/workflows\/rules\//,
    out: /./,
    but: /^(src\/(workflows\/rules|contract)\/|@noble\/hashes\/|canonicalize$)/,
    types: true,
    instead:
      'A rule is a pure function of facts: it imports types, contract/ and hashing, and has the facts handed in.',
  },
  {
    around: /^src\/workflows\//,
    out: /^src\/activities\//,
    types: true,
    instead: 'Workflows know activities by type: `import type`, and call them through proxyActivities.',
  },
  {
    around: /^src\/workflows\//,
    out: /^(zod$|src\/contract\/(identity(-fields)?|manifest|request)\.ts)/,
    types: true,
    instead: 'zod stays out of the workflow bundle: `import type`, and validate in the first activity.',
  },
  {
    around: /^src\/workflows\//,
    out: inside,
    but: /^src\/(workflows|contract|activities)\//,
    instead: 'Workflows import contract/ and the types of activities: reach everything else through an activity.',
  },
  {
    around: /^src\/workflows\//,
    out: aPackage,
    but: /^(@temporalio\/(workflow|common)$|@noble\/hashes\/|canonicalize$|zod$)/,
    instead: 'A workflow is replayed: what touches the machine or the network belongs in an activity.',
  },
  {
    around: /^src\/activities\//,
    out: inside,
    but: /^src\/(activities|certificates|contract)\//,
    instead: 'Activities import contract/ and are handed the rest: add what you need to activities/world.ts.',
  },
  {
    around: /^src\/activities\//,
    out: aPackage,
    but: /^(node:|@temporalio\/(activity|client|common)$)/,
    types: true,
    instead: 'An activity makes one command safe to repeat: what speaks to a system belongs in a provider.',
  },
  {
    around: /^src\/providers\//,
    out: /^src\/providers\/[^/]+\//,
    instead: 'A provider never imports another one: move what both need into a file of src/providers.',
  },
  {
    around: /^src\/providers\//,
    out: inside,
    but: /^src\/((contract|certificates)\/|providers\/[^/]+$)/,
    instead:
      "A provider decides nothing: it imports contract/, its vendor's SDK and the shared files of src/providers.",
  },
  {
    around: /^src\/providers\//,
    out: /^@temporalio\//,
    instead: 'A provider speaks to one system and knows no Temporal: what orders or repeats belongs in an activity.',
  },
  {
    around: /^src\/cli\//,
    out: /^@temporalio\//,
    instead: 'The command line speaks to Temporal through client.ts: add what it needs there.',
  },
  {
    around: /^src\/(?!workflows\/|activities\/|providers\/|worker\.ts$)/,
    out: /^src\/(workflows|activities|providers)\//,
    types: true,
    instead: 'Only worker.ts puts activities and providers together: `import type`, or go through client.ts.',
  },
  {
    around: /^src\/(?!workflows\/|activities\/|worker\/|worker\.ts$)/,
    out: /^@temporalio\/(worker|workflow|activity|testing)$/,
    instead: 'Only the worker loads the native library: the rest of the house makes do with @temporalio/client.',
  },
  {
    around: /^src\/(?!dev\/|cli\/dev\.ts$)/,
    out: /^src\/dev\//,
    instead: 'dev/ is a playground and the product runs without it: move what you need out of dev/.',
  },
  {
    around: /^src\//,
    out: /^(test|bench|examples)\//,
    instead: 'The product runs without its tests: move what you need into src/.',
  },
];

/** A sentence for each import that crosses a fence: where it is, what it reaches for, and what to do instead. */
export function crossings(files: readonly SourceFile[]): readonly string[] {
  return typescript(files).flatMap((file) =>
    importsOf(file).flatMap(({ line, specifier, target, typeOnly }) => {
      const crossed = fences.find((fence) => isCrossed(fence, file.path, target, typeOnly));
      return crossed ? [`${file.path}:${line} imports ${specifier}. ${crossed.instead}`] : [];
    }),
  );
}

function isCrossed({ around, out, but, types }: Fence, path: string, target: string, typeOnly: boolean): boolean {
  return around.test(path) && out.test(target) && !but?.test(target) && !(types && typeOnly);
}

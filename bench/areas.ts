import { SourceMap } from 'node:module';
import type { Profiler } from 'node:inspector';

/** Milliseconds: by area and by function for what was spent there itself, and by function with all that it called. */
export interface Spent {
  readonly areas: Map<string, number>;
  readonly alone: Map<string, number>;
  readonly within: Map<string, number>;
}

export type Profile = Profiler.Profile;
type Frame = Profiler.Profile['nodes'][number]['callFrame'];

/** Names the source file behind a frame: workflow code is one bundle, whose source map lies in it. */
export function sourceNames(bundle: string): (frame: Frame) => string {
  const encoded = bundle.slice(bundle.lastIndexOf('//# sourceMappingURL=')).split('base64,')[1] ?? '';
  const map = new SourceMap(JSON.parse(Buffer.from(encoded, 'base64').toString()));
  return ({ url, lineNumber, columnNumber }) => {
    if (!/workflow-bundle/.test(url)) return url;
    const entry = map.findEntry(lineNumber, columnNumber);
    return `workflow:${'originalSource' in entry ? entry.originalSource : ''}`;
  };
}

/** Sums profiles by area, and by function for those of ours. Waiting is left out. */
export function spentIn(profiles: readonly Profile[], nameOf: (frame: Frame) => string): Spent {
  const spent = {
    areas: new Map<string, number>(),
    alone: new Map<string, number>(),
    within: new Map<string, number>(),
  };
  for (const profile of profiles) {
    const own = ownTimes(profile);
    const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
    const visit = (id: number, inside: ReadonlySet<string>, caller: string): void => {
      const { callFrame, children = [] } = nodes.get(id)!;
      const source = nameOf(callFrame);
      const area = areaOf(callFrame, source, caller);
      const name = `${callFrame.functionName || 'anonymous'} (${shortened(source) || area})`;
      const around = inside.has(name) ? inside : new Set([...inside, name]);
      const milliseconds = own.get(id) ?? 0;
      if (callFrame.functionName !== '(idle)') {
        add(spent.areas, area, milliseconds);
        add(spent.alone, name, milliseconds);
        for (const each of around) add(spent.within, each, milliseconds);
      }
      for (const child of children) visit(child, around, area);
    };
    visit(profile.nodes[0]!.id, new Set(), 'other packages');
  }
  return spent;
}

function ownTimes({ samples = [], timeDeltas = [] }: Profile): Map<number, number> {
  const own = new Map<number, number>();
  // A delta is the time before its sample: what ran then is the sample before.
  for (const [at, id] of samples.entries()) add(own, id, (timeDeltas[at + 1] ?? 0) / 1000);
  return own;
}

const own = String.raw`^(workflow:|file://)?(?!.*node_modules).*`;
const areas: readonly (readonly [RegExp, string])[] = [
  [
    new RegExp(`${own}src/workflows/(identity-lifecycle|rules/(hold|lifecycle-messages))`),
    'our workflow code: lifecycle',
  ],
  [new RegExp(`${own}(src/workflows/|bench/equal-)`), 'our workflow code: rotation'],
  [new RegExp(`${own}src/`), 'our activities'],
  [new RegExp(`${own}(bench|test)/`), 'bench and fakes'],
  [/@noble|canonicalize/, 'our workflow code: plan hash'],
  [/^workflow:/, 'the SDK inside of workflows'],
  [/protobufjs|@temporalio\/proto/, 'protobuf'],
  [/@grpc/, 'gRPC client'],
  [/@temporalio\/client/, "the SDK's client"],
  [/@temporalio\/(worker|core-bridge)|^evalmachine/, "the SDK's worker"],
  [/@temporalio/, 'the rest of the SDK'],
  [/^node:/, 'Node'],
];

/** What has no source, such as `JSON.stringify`, counts for who called it. */
function areaOf({ functionName }: Frame, source: string, caller: string): string {
  if (functionName === '(garbage collector)') return 'garbage collection';
  if (functionName === '(program)') return 'outside of JavaScript: calls of the core, start of a callback';
  if (source === '') return caller;
  return areas.find(([pattern]) => pattern.test(source))?.[1] ?? 'other packages';
}

function shortened(source: string): string {
  const [, inPackage] = /^.*node_modules\/(.*)$/.exec(source) ?? [];
  return inPackage ?? source.replace(/^.*\/(src|bench|test)\//, '$1/');
}

function add<Key>(sums: Map<Key, number>, key: Key, value: number): void {
  sums.set(key, (sums.get(key) ?? 0) + value);
}

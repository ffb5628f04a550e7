import { sourceNames, spentIn, type Profile, type Spent } from './areas.ts';
import { bundleOf, type Bench } from './bench.ts';
import { table } from './figures.ts';
import { heldVariant } from './rotations.ts';
import { inspectThreads } from './threads.ts';

interface Profiled extends Spent {
  /** Milliseconds of processor time of the process, with the threads that are no JavaScript. */
  readonly process: number;
}

const atOnce = 16;
const rounds = 6;

/** Where the processor time of client and worker goes, for each rotation: ours beside the one by hand, one after the other. */
export async function measureProfile(bench: Bench): Promise<object> {
  const [ours, equal] = [await profile(bench, 'keyturn'), await profile(bench, 'equal')];
  const all = { keyturn: ours, equal };
  const total = sum(ours.areas);
  const rows = [...ours.areas].toSorted(([, a], [, b]) => b - a);
  const row = (area: string, spent: number, other: number) => [
    area,
    spent.toFixed(1),
    other.toFixed(1),
    `${((100 * spent) / total).toFixed(0)} %`,
  ];
  bench.print(
    table(
      ['ms for each rotation', 'keyturn', 'equal', 'of keyturn'],
      [
        ...rows.map(([area, spent]) => row(area, spent, equal.areas.get(area) ?? 0)),
        row('all JavaScript threads', total, sum(equal.areas)),
        row('the process, core and all', ours.process, equal.process),
      ],
    ),
  );
  const top = (sums: ReadonlyMap<string, number>, heading: string, wanted: (name: string) => boolean) => {
    const found = [...sums].filter(([name]) => wanted(name)).toSorted(([, a], [, b]) => b - a);
    const shown = found.slice(0, 12).map(([name, ms]) => [name, ms.toFixed(2), `${((100 * ms) / total).toFixed(1)} %`]);
    bench.print(table([heading, 'ms', 'of keyturn'], shown));
  };
  top(ours.alone, 'functions, itself alone', (name) => !name.startsWith('(program)'));
  top(ours.within, 'functions of ours, with all that they call', (name) => /\(src\//.test(name));
  return Object.fromEntries(
    Object.entries(all).map(([name, { process, areas, alone, within }]) => [
      name,
      {
        process,
        areas: Object.fromEntries(areas),
        alone: Object.fromEntries(alone),
        within: Object.fromEntries(within),
      },
    ]),
  );
}

async function profile(bench: Bench, name: 'keyturn' | 'equal'): Promise<Profiled> {
  const { code } = await bundleOf(name);
  const variant = await heldVariant(bench, atOnce, name);
  const rotate = () => Promise.all(Array.from({ length: atOnce }, (_, index) => variant.rotate(index)));
  try {
    await rotate();
    const threads = await inspectThreads();
    await threads.post('Profiler.enable');
    await threads.post('Profiler.start');
    const before = process.cpuUsage();
    for (let round = 0; round < rounds; round += 1) await rotate();
    const { user, system } = process.cpuUsage(before);
    const stopped = await threads.post<{ profile: Profile }>('Profiler.stop');
    threads.close();
    const profiles = stopped.map(({ profile }) => profile);
    const { areas, alone, within } = spentIn(profiles, sourceNames(code));
    const each = (sums: Map<string, number>) =>
      new Map([...sums].map(([key, value]) => [key, value / (rounds * atOnce)] as const));
    return {
      areas: each(areas),
      alone: each(alone),
      within: each(within),
      process: (user + system) / 1000 / (rounds * atOnce),
    };
  } finally {
    await variant.close();
  }
}

function sum(sums: ReadonlyMap<string, number>): number {
  return [...sums.values()].reduce((all, each) => all + each, 0);
}

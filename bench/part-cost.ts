import { readFile } from 'node:fs/promises';
import type { Bench } from './bench.ts';
import { ratioOf, shown, spreadOf, table, type Spread } from './figures.ts';
import { historySize, type HistorySize } from './history.ts';
import { bareVariant, heldVariant, minimalVariant, type Variant } from './rotations.ts';

/** One round of one variant: some rotations at once, or one alone. */
interface Round {
  /** Milliseconds for all of them. */
  readonly wall: number;
  /** Of one that ran alone: how much of it its timers took. */
  readonly waited: number;
  /** Milliseconds of processor time of this process (client and worker) and of the server, for each rotation. */
  readonly ownCpu: number;
  readonly serverCpu: number;
}

interface Measured {
  readonly variant: Variant;
  readonly alone: Round[];
  readonly together: Round[];
  size?: HistorySize;
  recordEvents?: number;
}

const atOnce = 16;
const rounds = 7;

/** Part (a): our rotation beside one by hand that promises the same, the least that rotates, and the bare calls, taking turns. */
export async function measureCost(bench: Bench): Promise<object> {
  const variants = [
    await heldVariant(bench, atOnce, 'keyturn'),
    await heldVariant(bench, atOnce, 'equal'),
    await heldVariant(bench, atOnce, 'unasked'),
    await minimalVariant(bench, atOnce),
    bareVariant(atOnce),
  ];
  const all = variants.map((variant): Measured => ({ variant, alone: [], together: [] }));
  try {
    for (const { variant } of all) {
      await variant.tried?.();
      await rotate(variant, atOnce);
    }
    for (const one of all) await count(one);
    for (let round = 0; round < rounds; round += 1) {
      for (const { variant, alone } of all) alone.push(await timed(bench, variant, 1));
      for (const { variant, together } of all) together.push(await timed(bench, variant, atOnce));
    }
  } finally {
    for (const variant of variants) await variant.close();
  }
  return report(bench, all);
}

async function rotate(variant: Variant, count: number) {
  return Promise.all(Array.from({ length: count }, (_, index) => variant.rotate(index)));
}

async function count(one: Measured): Promise<void> {
  const { variant } = one;
  const events = async () => (variant.record ? (await historySize(variant.record(0))).events : 0);
  const before = await events();
  const run = await variant.rotate(0);
  if (run) one.size = await historySize(run);
  one.recordEvents = (await events()) - before;
}

async function timed({ serverPid }: Bench, variant: Variant, count: number): Promise<Round> {
  const [own, server, began] = [process.cpuUsage(), await cpuOf(serverPid), performance.now()];
  const [run] = await rotate(variant, count);
  const wall = performance.now() - began;
  const { user, system } = process.cpuUsage(own);
  const serverCpu = ((await cpuOf(serverPid)) - server) / count;
  const waited = run && count === 1 ? (await historySize(run)).waited : 0;
  return { wall, waited, ownCpu: (user + system) / 1000 / count, serverCpu };
}

/** Milliseconds of processor time so far, to the nearest ten; zero where there is no /proc. */
async function cpuOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  if (!stat) return 0;
  // The second field is a name in brackets, which may hold spaces; fields 14 and 15 are ticks of 10 ms.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

function report(bench: Bench, all: readonly Measured[]): object {
  const rate = ({ together }: Measured) => together.map(({ wall }) => (atOnce * 1000) / wall);
  const [ours, equal, unasked, minimal, bare] = [all[0]!, all[1]!, all[2]!, all[3]!, all[4]!];
  const latency = ({ alone }: Measured) => alone.map(({ wall, waited }) => wall - waited);
  const cpu = ({ together }: Measured) => together.map(({ ownCpu, serverCpu }) => ownCpu + serverCpu);
  const rows = all.map((one) => [
    one.variant.name,
    shown(spreadOf(one.alone.map(({ wall }) => wall)), 0),
    shown(spreadOf(latency(one)), 0),
    shown(spreadOf(rate(one)), 2),
    shown(spreadOf(one.together.map(({ ownCpu }) => ownCpu)), 0),
    shown(spreadOf(one.together.map(({ serverCpu }) => serverCpu)), 0),
    one.size?.activities ?? 0,
    one.size?.workflowTasks ?? 0,
    one.size?.events ?? 0,
    one.recordEvents ?? 0,
  ]);
  const columns = ['activities', 'workflow tasks', 'events', 'events of record'];
  bench.print(
    `${table(['variant', 'ms alone', 'less its timers', `per s, ${atOnce} at once`, 'ms CPU client+worker', 'ms CPU server', ...columns], rows)}`,
  );
  const ratios: Record<string, Spread> = {};
  for (const [over, these, those] of [
    ['keyturn / equal', ours, equal],
    ['equal / minimal', equal, minimal],
    ['keyturn / minimal', ours, minimal],
    ['unasked / equal', unasked, equal],
  ] as const) {
    ratios[`throughput, ${over}`] = ratioOf(rate(these), rate(those));
    ratios[`CPU, ${over}`] = ratioOf(cpu(these), cpu(those));
    ratios[`latency less timers, ${over}`] = ratioOf(latency(these), latency(those));
  }
  ratios['throughput, minimal / bare'] = ratioOf(rate(minimal), rate(bare));
  ratios['latency less timers, minimal / bare'] = ratioOf(latency(minimal), latency(bare));
  bench.print(
    table(
      ['ratio of what was measured side by side', `median (quartiles) of ${rounds}`],
      Object.entries(ratios).map(([name, ratio]) => [name, shown(ratio, 2)]),
    ),
  );
  bench.print('aim: throughput, keyturn / equal at least 0.9; equal promises what keyturn does, see docs/bench.md');
  return { atOnce, ratios, variants: all.map(({ variant, ...rest }) => ({ name: variant.name, ...rest })) };
}

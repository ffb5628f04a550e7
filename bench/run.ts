import { writeFile } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { startBench, type Bench } from './bench.ts';
import { measureContain } from './part-contain.ts';
import { measureCost } from './part-cost.ts';
import { measureHistory } from './part-history.ts';
import { measureOpenBao } from './part-openbao.ts';
import { measureProfile } from './part-profile.ts';
import { measureStart } from './part-start.ts';
import { measureWaiting } from './part-waiting.ts';

/** What can be measured, by name: `npm run bench -- NAME`. */
const parts: Record<string, (bench: Bench) => Promise<object>> = {
  cost: measureCost,
  profile: measureProfile,
  history: measureHistory,
  waiting: measureWaiting,
  openbao: measureOpenBao,
  start: measureStart,
  contain: measureContain,
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'string', default: 'bench-results.json' },
    waiting: { type: 'string', default: '100,1000' },
  },
});
const names = positionals.length > 0 ? positionals : Object.keys(parts);
const waiting = values.waiting.split(',').map(Number);
const usage = `usage: npm run bench -- [${Object.keys(parts).join('|')} ...] [--json FILE] [--waiting 100,1000,10000]`;
if (names.some((name) => !parts[name]) || !waiting.every((each, at) => each > (waiting[at - 1] ?? 0))) {
  process.stderr.write(`${usage}\n`);
  process.exit(2);
}

Runtime.install({ logger: new DefaultLogger('ERROR'), telemetryOptions: { logging: { filter: 'OFF' } } });
const at = new Date().toISOString();
const machine = { cores: cpus().length, node: process.version, server: 'Temporal development server, in memory' };
const load = () => loadavg().map((each) => Number(each.toFixed(1)));
const measured: Record<string, object> = {};
const bench = await startBench(waiting);
try {
  bench.print(`${at}, ${machine.cores} cores, Node ${machine.node}, ${machine.server}`);
  bench.print('Times are of this machine at this moment: compare within one run only.\n');
  for (const name of names) {
    const before = load();
    bench.print(`# ${name}, at a load of ${before.join(' ')}\n`);
    const result = await parts[name]!(bench);
    measured[name] = { load: { before, after: load() }, ...result };
    bench.print(`\nload now ${load().join(' ')}\n`);
  }
} finally {
  await bench.close();
}
await writeFile(values.json, `${JSON.stringify({ at, machine, parts: measured }, null, 2)}\n`);
process.stdout.write(`written to ${values.json}\n`);

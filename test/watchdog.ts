import { writeSync } from 'node:fs';
import { after } from 'node:test';

/**
 * Loaded before each test file: ends the process, and so fails the file, when it takes too long or when something keeps it alive
 * after its last test. Neither timer keeps it alive itself.
 */
const longestMinutes = /test\/(system|faults)\//.test(process.argv[1] ?? '') ? 15 : 5;
const graceSeconds = 15;

setTimeout(end, longestMinutes * 60_000, `took more than ${longestMinutes} minutes`).unref();
after(() => {
  setTimeout(end, graceSeconds * 1_000, `still ran ${graceSeconds} seconds after its last test`).unref();
});

function end(why: string): void {
  writeSync(2, `${process.argv[1]} ${why}; open: ${process.getActiveResourcesInfo().join(', ')}\n`);
  process.exit(1);
}

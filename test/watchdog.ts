import { writeSync } from 'node:fs';
import { after } from 'node:test';
import { isMainThread } from 'node:worker_threads';

/**
 * Loaded before each test file: ends the process, and so fails the file, when it takes too long or when something keeps it alive
 * after its last test. Neither timer keeps it alive itself.
 */
const longestMinutes = /test\/(system|faults)\//.test(process.argv[1] ?? '') ? slowest() : 5;
const graceSeconds = 15;

// The threads of a worker load this too, and live as long as the file does.
if (isMainThread) {
  setTimeout(end, longestMinutes * 60_000, `took more than ${longestMinutes} minutes`).unref();
  after(() => {
    setTimeout(end, graceSeconds * 1_000, `still ran ${graceSeconds} seconds after its last test`).unref();
  });
}

/** Whoever asks for more random schedules waits for them. */
function slowest(): number {
  return Math.max(20, Number(process.env['KEYTURN_RUNS'] ?? 0) / 60);
}

function end(why: string): void {
  writeSync(2, `${process.argv[1]} ${why}; open: ${process.getActiveResourcesInfo().join(', ')}\n`);
  process.exit(1);
}

import { readdir, readFile, readlink } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

const patienceMs = 15_000;

/**
 * A line for each process and each file that tests left behind, given the folder that was their TMPDIR. A process is known by that
 * folder: in its environment, its arguments or as where it runs. Waits some seconds for what is just ending, and ends the rest.
 * Processes are seen on Linux alone.
 */
export async function leftovers(folder: string): Promise<readonly string[]> {
  const deadline = Date.now() + patienceMs;
  let processes = await processesOf(folder);
  while (processes.length > 0 && Date.now() < deadline) {
    await sleep(200);
    processes = await processesOf(folder);
  }
  for (const { pid } of processes) kill(pid);
  const entries = await readdir(folder);
  return [
    ...processes.map(({ pid, command }) => `process ${pid} still runs: ${command}`),
    ...entries.map((entry) => `${entry} was left in the folder for temporary files`),
  ];
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself after all.
  }
}

interface Leftover {
  readonly pid: number;
  readonly command: string;
}

async function processesOf(folder: string): Promise<readonly Leftover[]> {
  const pids = await readdir('/proc').catch(() => []);
  const seen = pids.filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  const found = await Promise.all(
    seen.map(async (pid) => {
      const [command, environment, place] = await Promise.all([
        readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''),
        readFile(`/proc/${pid}/environ`, 'utf8').catch(() => ''),
        readlink(`/proc/${pid}/cwd`).catch(() => ''),
      ]);
      const isTheirs = [command, environment, place].some((text) => text.includes(folder));
      return isTheirs ? [{ pid: Number(pid), command: command.replaceAll('\0', ' ').slice(0, 200) }] : [];
    }),
  );
  return found.flat();
}

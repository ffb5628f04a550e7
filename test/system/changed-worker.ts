import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startChild, type Child } from '../../src/dev/child.ts';
import type { Playground } from '../../src/dev/playground.ts';

/** The sources as they are. */
export const sameVersion = fileURLToPath(new URL('../../src/', import.meta.url));

/** A worker of the sources in this folder, beside the playground's own. */
export function startWorkerOf(folder: string, { env, backends }: Playground, promote: boolean): Promise<Child> {
  return startChild({
    args: [join(folder, 'cli.ts'), 'worker', ...(promote ? ['--promote'] : [])],
    env,
    logFile: join(backends.folder, 'logs', 'other-worker.log'),
    ready: /new operations start on (this|another) build/,
  });
}

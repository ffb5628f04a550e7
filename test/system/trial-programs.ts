import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { temporalCli, openbaoServer, resolveProgram } from '../../src/dev/backends/binaries.ts';
import { cacheFolder } from '../../src/dev/backends/cache-folder.ts';
import { findOnPath } from '../../src/dev/backends/path-lookup.ts';

/** What the containers of docker-compose.yml run, as programs of this machine: each by the name that the file calls it by. */
export interface TrialPrograms {
  readonly bao: string;
  readonly temporal: string;
  readonly 'temporal-server': string;
  readonly 'temporal-sql-tool': string;
}

/** Of the Temporal server, as in the tags of docker-compose.yml. */
export const temporalVersion = '1.32.1';

/** No package carries these two: they are taken from a path in the environment, from PATH, or from the cache folder. */
const built = {
  'temporal-server': { variable: 'KEYTURN_TEMPORAL_SERVER', module: 'go.temporal.io/server/cmd/server' },
  'temporal-sql-tool': { variable: 'KEYTURN_TEMPORAL_SQL_TOOL', module: 'go.temporal.io/server/cmd/tools/sql' },
} as const;

/** The programs, or in a sentence what is missing and how to get it. */
export async function trialPrograms(env: NodeJS.ProcessEnv): Promise<TrialPrograms | string> {
  const [server, sqlTool] = [findBuilt('temporal-server', env), findBuilt('temporal-sql-tool', env)];
  if (server === undefined || sqlTool === undefined) {
    const missing = server === undefined ? 'temporal-server' : 'temporal-sql-tool';
    const { variable, module } = built[missing];
    return `there is no ${missing}: go install ${module}@v${temporalVersion}, and name the program in ${variable}`;
  }
  return {
    bao: await resolveProgram(openbaoServer, { env }),
    temporal: await resolveProgram(temporalCli, { env }),
    'temporal-server': server,
    'temporal-sql-tool': sqlTool,
  };
}

function findBuilt(name: keyof typeof built, env: NodeJS.ProcessEnv): string | undefined {
  const cached = join(cacheFolder(env), `temporal-server-${temporalVersion}`, name);
  const candidates = [env[built[name].variable], ...findOnPath(name, env), cached];
  return candidates.find((path) => path !== undefined && existsSync(path));
}

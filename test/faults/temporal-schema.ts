import { join } from 'node:path';
import type { PostgresBackend } from '../../src/dev/backends/postgres.ts';
import { runLogged } from '../../src/dev/backends/run-logged.ts';

/** The databases of Temporal, each with the folder of its schema. */
const databases = { temporal: 'temporal', temporal_visibility: 'visibility' } as const;

/** Makes both databases of Temporal with its own tool, as docker-compose.yml does. Takes a cluster that has neither. */
export async function makeTemporalDatabases(tool: string, folder: string, postgres: PostgresBackend): Promise<void> {
  const { host, port, user, password } = postgres;
  const log = join(folder, 'logs', 'temporal-schema.log');
  // In the environment: arguments can be read by every user of the machine.
  const env = {
    SQL_PLUGIN: 'postgres12_pgx',
    SQL_HOST: host,
    SQL_PORT: `${port}`,
    SQL_USER: user,
    SQL_PASSWORD: password,
  };
  const fill = async ([database, schema]: [string, string]): Promise<void> => {
    for (const command of [
      ['create-database'],
      ['setup-schema', '-v', '0.0'],
      ['update-schema', '--schema-name', `postgresql/v12/${schema}`],
    ])
      if (!(await runLogged(tool, ['--db', database, ...command], { log, env })))
        throw new Error(`${command[0]} of ${database} failed; its log is ${log}`);
  };
  await Promise.all(Object.entries(databases).map(fill));
}

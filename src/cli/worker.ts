import { Command } from 'commander';
import { configPath } from '../config.ts';
import { KeyturnError } from '../contract/errors.ts';
import { verb } from './session.ts';

/** `keyturn worker`: runs the worker until it is told to stop. */
export function workerVerb(): Command {
  const command = new Command('worker').summary(
    'run a worker; its configuration is named by --config or KEYTURN_CONFIG',
  );
  command.option('--promote', 'start new operations on this build from now on; the very first build needs no asking');
  return verb<[], { promote?: boolean }>(
    command,
    async (session, _args, { promote = false }) => {
      const path = configPath(session.options.config, process.env);
      if (path === undefined) {
        throw new KeyturnError(
          'invalid_request',
          'expected a configuration',
          'give --config FILE, or set KEYTURN_CONFIG',
        );
      }
      const { runWorker } = await import('../worker.ts');
      await runWorker({ configPath: path, promote });
    },
    { stopsItself: true },
  );
}

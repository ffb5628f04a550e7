import { Command } from 'commander';
import { verb } from './session.ts';

interface Options {
  readonly manifest?: string;
}

/** `keyturn dev`: everything on this machine, to try it out. */
export function devVerb(): Command {
  const command = new Command('dev')
    .summary('start Temporal, the systems of the demo and a worker on this machine, until Ctrl-C; nothing is kept')
    .option('--manifest <file>', 'declare the identities of this file; default: those of the demo');
  return verb<[], Options>(
    command,
    async (session, _args, { manifest }) => {
      const { runDev } = await import('../dev/dev.ts');
      const log = (line: string) => session.terminal.say(line);
      await runDev({ log, ...(manifest && { manifest }) });
    },
    { stopsItself: true },
  );
}

import { Command } from 'commander';
import type { Severity } from '../contract/severity.ts';
import { severityOption, startVerb } from './start.ts';

/** `keyturn contain`: ends every credential of an identity that was compromised. */
export function containVerb(): Command {
  const command = new Command('contain')
    .summary('end every credential of a compromised identity, and keep it contained')
    .addOption(severityOption());
  return startVerb<{ severity: Severity }>(command, (client, asks, { severity }) =>
    client.contain({ ...asks, severity }),
  );
}

/** `keyturn reopen`: asks for the end of a containment. */
export function reopenVerb(): Command {
  const command = new Command('reopen').summary('ask that a contained identity takes part in operations again');
  return startVerb(command, (client, asks) => client.reopen(asks));
}

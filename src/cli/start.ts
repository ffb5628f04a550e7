import { type Command, Option } from 'commander';
import type { KeyturnClient, Started } from '../client.ts';
import { severities, type Severity } from '../contract/severity.ts';
import { conclude, follow } from './follow.ts';
import { person, verb } from './session.ts';

interface Options {
  readonly reason: string;
  readonly as?: string;
  readonly requestId?: string;
  readonly dryRun?: boolean;
  readonly wait?: boolean;
}

/** What every verb sends that starts an operation over one identity. */
export interface Asks {
  readonly identity: string;
  readonly reason: string;
  readonly requestedBy: string;
  readonly requestId: string | undefined;
  readonly dryRun: boolean | undefined;
}

/**
 * Makes a verb of a command: it starts an operation, or finds the one that the same request id has started. Its argument says over
 * what, and is an identity where nothing else is said.
 */
export function startVerb<More extends object>(
  command: Command,
  start: (client: KeyturnClient, asks: Asks, more: More) => Promise<Started>,
  [argument, meaning] = ['<identity>', 'the id of the identity in the manifest'],
): Command {
  const whole = command
    .argument(argument, meaning)
    .requiredOption('--reason <text>', 'why; it stays on the record')
    .option('--as <name>', 'who asks; default: KEYTURN_AS')
    .option('--request-id <id>', 'the same id again is the same run; default: drawn')
    .option('--dry-run', 'plan and check everything, change nothing')
    .option('--wait', 'show the progress until the end; without a terminal leave at a gate with exit code 5');
  return verb<[string], Options & More>(whole, async (session, [identity], options) => {
    const { reason, requestId, dryRun, as } = options;
    const requestedBy = person(as);
    const client = await session.client();
    const started = await start(client, { identity, reason, requestedBy, requestId, dryRun }, options);
    if (options.wait) return conclude(session, await follow(session, client, started.workflowId), started);
    session.result(started, [`started ${started.workflowId}`, `  see it: keyturn status ${started.workflowId}`]);
    return undefined;
  });
}

/** `--severity`, one of four. */
export function severityOption(): Option {
  return new Option('--severity <level>', 'how bad it is; the manifest says which go on without asking anybody')
    .choices(severities)
    .default('high' satisfies Severity);
}

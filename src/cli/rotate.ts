import { Command } from 'commander';
import { conclude, follow } from './follow.ts';
import { person, verb } from './session.ts';

interface Options {
  readonly reason: string;
  readonly as?: string;
  readonly requestId?: string;
  readonly dryRun?: boolean;
  readonly wait?: boolean;
}

/** `keyturn rotate`: starts a rotation, or finds the one that the same request id has started. */
export function rotateVerb(): Command {
  const command = new Command('rotate')
    .summary('replace the credential of an identity')
    .argument('<identity>', 'the id of the identity in the manifest')
    .requiredOption('--reason <text>', 'why; it stays on the record')
    .option('--as <name>', 'who asks; default: KEYTURN_AS')
    .option('--request-id <id>', 'the same id again is the same run; default: drawn')
    .option('--dry-run', 'plan and check everything, change nothing')
    .option('--wait', 'show the progress until the end; without a terminal leave at a gate with exit code 5');
  return verb<[string], Options>(command, async (session, [identity], options) => {
    const { reason, requestId, dryRun, as } = options;
    const requestedBy = person(as);
    const client = await session.client();
    const request = { identity, reason, requestedBy, requestId, dryRun };
    const started = await client.rotate(request);
    if (options.wait) return conclude(session, await follow(session, client, started.workflowId), started);
    session.result(started, [`started ${started.workflowId}`, `  see it: keyturn status ${started.workflowId}`]);
    return undefined;
  });
}

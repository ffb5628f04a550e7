import { Command } from 'commander';
import { conclude, follow } from './follow.ts';
import { person, verb } from './session.ts';

/** `keyturn plan`: a rotation that only plans and checks. It takes the hold while it does, so that what it read is true. */
export function planVerb(): Command {
  const command = new Command('plan')
    .summary('print the commands that a rotation would give, and check that they could succeed')
    .argument('<identity>', 'the id of the identity in the manifest')
    .option('--as <name>', 'who asks; default: KEYTURN_AS');
  return verb<[string], { as?: string }>(command, async (session, [identity], { as }) => {
    const requestedBy = person(as);
    const client = await session.client();
    const started = await client.rotate({ identity, requestedBy, reason: 'plan', dryRun: true });
    return conclude(session, await follow(session, client, started.workflowId), started);
  });
}

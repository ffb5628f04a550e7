import { Command } from 'commander';
import { conclude, follow } from './follow.ts';
import { person, verb } from './session.ts';

/** `keyturn plan`: a rotation or reissue that only plans and checks. It takes the hold while it does, so that what it read is true. */
export function planVerb(): Command {
  const command = new Command('plan')
    .summary('print the commands that a rotation or reissue would give, and check that they could succeed')
    .argument('<identity>', 'the id of the identity in the manifest')
    .option('--as <name>', 'who asks; default: KEYTURN_AS');
  return verb<[string], { as?: string }>(command, async (session, [identity], { as }) => {
    const requestedBy = person(as);
    const client = await session.client();
    const { spec } = await client.record(identity);
    const asked = { identity, requestedBy, reason: 'plan', dryRun: true };
    const started = await (spec.kind === 'certificate' ? client.reissue(asked) : client.rotate(asked));
    return conclude(session, await follow(session, client, started.workflowId), started);
  });
}

import { Command } from 'commander';
import type { KeyturnClient, OpenGate } from '../client.ts';
import { KeyturnError } from '../contract/errors.ts';
import type { Confirm } from '../contract/messages.ts';
import { exits } from './exits.ts';
import { gateLines } from './present.ts';
import { person, type Session, verb } from './session.ts';

interface Options {
  readonly as?: string;
  readonly comment?: string;
  readonly plan?: string;
}

/** `keyturn approve` and `keyturn reject`: one decision at one gate, bound to the plan that the person has seen. */
export function decideVerb(decision: Confirm['decision']): Command {
  const command = new Command(decision)
    .summary(`${decision} what an operation waits to do`)
    .argument('[operation]', 'a workflow id or an identity; may be left out when one gate is open')
    .argument('[gate]', 'the id of the gate; may be left out when the operation has one open')
    .option('--as <name>', 'who decides; default: KEYTURN_AS')
    .option('--comment <text>', 'a reason; some gates require one')
    .option('--plan <hash>', 'decide without being asked: the hash of the plan that you have seen');
  return verb<[string | undefined, string | undefined], Options>(command, async (session, [target, gate], options) => {
    const approver = person(options.as);
    const client = await session.client();
    const { workflowId, gate: open } = await oneGate(client, target, gate);
    const plan = options.plan ?? (await shown(session, workflowId, open, decision));
    if (plan === undefined) return exits.interrupted;
    const { comment } = options;
    const answer = await client.confirm(workflowId, {
      gate: open.id,
      decision,
      approver,
      plan,
      ...(comment && { comment }),
    });
    session.result({ workflowId, ...answer }, [
      `${answer.outcome}: ${answer.because}`,
      `  gate ${answer.gate}: ${answer.state}, ${answer.given} of ${answer.needed} approved`,
    ]);
    return answer.outcome === 'accepted' ? exits.done : exits.refused;
  });
}

/** Shows the gate and asks. The hash of what was shown, or `undefined` when the answer was no. */
async function shown(session: Session, workflowId: string, gate: OpenGate['gate'], decision: string) {
  if (!session.terminal.attended) {
    throw new KeyturnError(
      'invalid_request',
      'without a terminal nobody can be shown the gate; expected --plan HASH, the plan that was seen',
      'keyturn gates --json shows it',
    );
  }
  for (const line of gateLines(workflowId, gate).slice(0, -1)) session.terminal.say(line);
  if (await session.terminal.ask(`${decision}?`)) return gate.plan;
  session.terminal.say('nothing was sent');
  return undefined;
}

async function oneGate(client: KeyturnClient, target: string | undefined, id: string | undefined): Promise<OpenGate> {
  const { gates, unanswered } = target?.includes('/')
    ? { gates: await client.gatesOf(target), unanswered: [] }
    : await client.gates({ identity: target });
  const found = gates.filter(({ gate }) => id === undefined || gate.id === id);
  const [only, ...others] = found;
  const silent =
    unanswered.length > 0 ? `; ${unanswered.map(({ workflowId }) => workflowId).join(', ')} could not be asked` : '';
  if (!only) {
    throw new KeyturnError('not_found', `no such gate is open${silent}`, 'what is open: keyturn gates');
  }
  if (others.length === 0) return only;
  const names = found.map(({ workflowId, gate }) => `${workflowId} ${gate.id}`).join(', ');
  throw new KeyturnError('invalid_request', `${found.length} gates are open; expected the name of one: ${names}`);
}

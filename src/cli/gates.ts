import { Command } from 'commander';
import { exits } from './exits.ts';
import { gateLines } from './present.ts';
import { verb } from './session.ts';

/** `keyturn gates`: what waits for a decision. Ends with 3 when an operation could not be asked: the list may lack a gate. */
export function gatesVerb(): Command {
  const command = new Command('gates')
    .summary('list the gates that wait for a decision')
    .argument('[identity]', 'only those of this identity');
  return verb<[string | undefined], object>(command, async (session, [identity]) => {
    const open = await (await session.client()).gates({ identity });
    session.result(open, [
      ...open.gates.flatMap(({ workflowId, gate }) => gateLines(workflowId, gate)),
      ...open.unanswered.map(({ workflowId, because }) => `not known: ${workflowId} could not be asked: ${because}`),
      ...(open.gates.length + open.unanswered.length === 0 ? ['no gate is open'] : []),
    ]);
    return open.unanswered.length === 0 ? exits.done : exits.unreachable;
  });
}

import { Command } from 'commander';
import { conclude, follow } from './follow.ts';
import { recordLines, statusLines } from './present.ts';
import { type Session, verb } from './session.ts';

interface Options {
  readonly journal?: boolean;
  readonly wait?: boolean;
}

/** `keyturn status`: where an operation stands, or an identity and the operation that holds it. */
export function statusVerb(): Command {
  const command = new Command('status')
    .summary('show an operation, or an identity and the operation that holds it')
    .argument('<operation>', 'a workflow id or an identity')
    .option('--journal', 'the whole ordered record of the operation')
    .option('--wait', 'show the progress until the end; without a terminal leave at a gate with exit code 5');
  return verb<[string], Options>(command, async (session, [target], options) => {
    if (target.includes('/')) return showOperation(session, target, options);
    const record = await (await session.client()).record(target);
    if (record.hold && (options.wait || options.journal))
      return showOperation(session, record.hold.workflowId, options);
    session.result({ record }, recordLines(record));
    return undefined;
  });
}

async function showOperation(session: Session, workflowId: string, { journal, wait }: Options) {
  const client = await session.client();
  if (wait) return conclude(session, await follow(session, client, workflowId), { workflowId });
  const status = await client.status(workflowId);
  const entries = journal ? await client.journal(workflowId) : [];
  session.result({ workflowId, status, ...(journal && { journal: entries }) }, [
    ...statusLines(workflowId, status),
    ...entries.map(
      ({ at, verdict, command, object, because }) => `  ${at} ${verdict} ${command} ${object}: ${because}`,
    ),
  ]);
  return undefined;
}

import pg from 'pg';
import type { OperationOutcome } from '../../contract/messages.ts';
import type { Narrator } from '../narrator.ts';
import type { Playground } from '../playground.ts';
import { followOperation, runUrl } from './follow.ts';

/**
 * The credential of a service leaks while it is being rotated, so that two of them are alive. Both are ended, and the rotation stops
 * where it is. Returns whether PostgreSQL refuses both, and nothing but a re-opening is possible afterwards.
 */
export async function compromiseScene(place: Playground, narrator: Narrator, yes: boolean): Promise<boolean> {
  narrator.title('The password of a service leaks, in the midst of its rotation');
  const { client } = place;
  const before = await client.record('orders-db');
  const rotation = await client.rotate({ identity: 'orders-db', reason: 'the demo', requestedBy: 'demo' });
  narrator.say(`started ${rotation.workflowId}`);
  const live = await untilAsked(place, rotation.workflowId);
  narrator.say(`it stands at its gate, and these are alive: ${live.join(', ')}`);

  const started = await client.contain({ identity: 'orders-db', reason: 'it was found in a log', requestedBy: 'demo' });
  narrator.say(`started ${started.workflowId}`);
  const { outcome, status } = await followOperation(place, narrator, started, yes);
  const stopped = await client.result(rotation.workflowId);
  const { state } = await client.record('orders-db');
  const refused = await refusedBy(place, live);
  narrator.table(status.steps);
  narrator.facts([
    ['outcome', `${outcome.result}: ${outcome.because}`],
    ['how long it took', timesOf(outcome)],
    ['what remains', outcome.residual ?? 'nothing'],
    ['the rotation', `${stopped.result}: ${stopped.because}`],
    ['the identity', `${before.state} before, ${state} now: only keyturn reopen is possible`],
    ['asked of PostgreSQL', refused.join('; ')],
    ['in the Temporal UI', runUrl(place, started)],
  ]);
  return (
    outcome.result === 'completed' &&
    stopped.result === 'stopped' &&
    state === 'contained' &&
    refused.length === 2 &&
    refused.every((words) => words.endsWith('can not log in'))
  );
}

async function untilAsked({ client }: Playground, workflowId: string): Promise<readonly string[]> {
  for await (const { gates, live, outcome } of client.watch(workflowId)) {
    if (gates.some(({ id, state }) => id === 'retirement' && state === 'open')) return live;
    if (outcome) throw new Error(`the rotation ended too soon: ${outcome.because}`);
  }
  throw new Error('the rotation told nothing of itself');
}

function timesOf({ seconds }: OperationOutcome): string {
  if (!seconds) return 'not told';
  return `disabled after ${seconds.disabled} s, revoked after ${seconds.revoked} s, proven after ${seconds.proven} s`;
}

/** The word of the database itself, asked by its superuser: nobody in this demo knows all the passwords. */
async function refusedBy({ backends: { postgres } }: Playground, roles: readonly string[]): Promise<string[]> {
  const server = new pg.Client(postgres);
  await server.connect();
  const sql = 'select rolname, rolcanlogin from pg_roles where rolname = any($1) order by rolname';
  const { rows } = await server.query<{ rolname: string; rolcanlogin: boolean }>(sql, [roles]);
  await server.end();
  return rows.map(({ rolname, rolcanlogin }) => `${rolname} ${rolcanlogin ? 'CAN LOG IN' : 'can not log in'}`);
}

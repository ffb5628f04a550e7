import pg from 'pg';
import { startClientLoad } from '../client-load.ts';
import type { Narrator } from '../narrator.ts';
import type { Playground } from '../playground.ts';
import { followOperation, runUrl } from './follow.ts';

/** A database password is rotated while clients keep asking, and none of them notices. Returns whether all went as promised. */
export async function databaseScene(place: Playground, narrator: Narrator, yes: boolean): Promise<boolean> {
  narrator.title('Scene 1: the password of a service that is in use');
  await using load = startClientLoad(place.ordersUrl);
  const started = await place.client.rotate({ identity: 'orders-db', reason: 'the demo', requestedBy: 'demo' });
  narrator.say(`started ${started.workflowId}`);
  const { outcome, status } = await followOperation(place, narrator, started, yes);
  await load.stop();

  const refused = await tryOld(place);
  narrator.table(status.steps);
  narrator.facts([
    ['outcome', `${outcome.result}: ${outcome.because}`],
    ['old fingerprint', outcome.from ?? 'none'],
    ['new fingerprint', outcome.to ?? 'none'],
    ['tried by hand', refused],
    ['clients', `${load.failed} of ${load.requests} requests failed meanwhile`],
    ['in the Temporal UI', runUrl(place, started)],
  ]);
  return outcome.result === 'completed' && load.failed === 0 && refused.startsWith('old credential refused');
}

/** The word of the database itself, asked by somebody who is not Keyturn. */
async function tryOld({ backends: { postgres }, before }: Playground): Promise<string> {
  const client = new pg.Client({
    host: postgres.host,
    port: postgres.port,
    database: 'orders',
    user: 'orders_a',
    password: before.orders,
  });
  try {
    await client.connect();
    await client.end();
    return 'OLD CREDENTIAL STILL ACCEPTED by PostgreSQL';
  } catch (error) {
    const { code } = error as { code?: string };
    const refused = code === '28P01' || code === '28000';
    return refused
      ? `old credential refused by PostgreSQL (SQLSTATE ${code})`
      : `PostgreSQL gave no clear answer (${code ?? 'none'})`;
  }
}

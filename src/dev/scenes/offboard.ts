import pg from 'pg';
import { hasSchedule } from '../has-schedule.ts';
import { declareOrdersInFull } from '../leaving-orders.ts';
import type { Narrator } from '../narrator.ts';
import type { Playground } from '../playground.ts';
import { followOperation, runUrl, type AtGates } from './follow.ts';

const identity = 'orders-db';
const schedule = 'rotate/orders-db';

/**
 * A service is switched off, and its database access leaves with all that belongs to it. That the service is gone is not believed while
 * it still runs. Returns whether nothing is left, by the word of PostgreSQL and Temporal.
 */
export async function offboardScene(place: Playground, narrator: Narrator, yes: boolean): Promise<boolean> {
  narrator.title('A service is switched off for good, and its access to the database with it');
  const { client } = place;
  await declareOrdersInFull(place);
  await rotateOnce(place, narrator, yes);
  const before = await look(place);
  narrator.say(`PostgreSQL: ${before.roles.join('; ')}`);
  narrator.say(`Temporal: the schedule ${schedule} is ${before.scheduled ? 'there' : 'MISSING'}`);

  const started = await client.offboard({ identity, reason: 'the service is replaced', requestedBy: 'demo' });
  narrator.say(`started ${started.workflowId}`);
  const service = disbelief(place, narrator);
  const { outcome, status } = await followOperation(place, narrator, started, yes, service.atGates);
  const after = await look(place);
  const { state } = await client.record(identity);
  const refusal = await tryToRotate(place);
  const { items = [] } = outcome;
  narrator.table(status.steps);
  narrator.facts([
    ['outcome', `${outcome.result}: ${outcome.because}`],
    ['not believed', service.evidence() ?? 'NOTHING WAS DISBELIEVED'],
    ...items.map(({ what, became }) => ['accounted for', `${what}: ${became}`] as const),
    ['what remains', outcome.residual ?? 'nothing'],
    ['asked of PostgreSQL', after.roles.join('; ')],
    ['asked of Temporal', `the schedule ${schedule} is ${after.scheduled ? 'STILL THERE' : 'gone'}`],
    ['the identity', state],
    ['a rotation of it', refusal ?? 'WAS NOT REFUSED'],
    ['in the Temporal UI', runUrl(place, started)],
  ]);
  return (
    outcome.result === 'completed' &&
    service.evidence() !== undefined &&
    before.scheduled &&
    !after.scheduled &&
    after.roles.length === 2 &&
    after.roles.every((words) => words.endsWith('can not log in and is a member of no role')) &&
    state === 'offboarded' &&
    refusal !== undefined
  );
}

/** So that there is a secret which Keyturn itself has put into the store. */
async function rotateOnce(place: Playground, narrator: Narrator, yes: boolean): Promise<void> {
  const { state, current } = await place.client.record(identity);
  if (state !== 'active' || current) return;
  const started = await place.client.rotate({ identity, reason: 'the demo', requestedBy: 'demo' });
  narrator.say(`started ${started.workflowId}`);
  const { outcome } = await followOperation(place, narrator, started, yes);
  narrator.say(`the rotation before: ${outcome.result}`);
}

/** Says "gone" of a service that still runs, and stops it once that was not believed. */
function disbelief(place: Playground, narrator: Narrator) {
  let disbelieved: string | undefined;
  const atGates: AtGates = {
    // The demo moves nothing, waives nothing and calls nothing off.
    leaves: ({ id }) => /^(moved-|waive-|keep)/.test(id),
    async again({ evidence }) {
      if (disbelieved !== undefined) return false;
      disbelieved = evidence.find((line) => line.includes('seen to run on it still'));
      if (disbelieved === undefined) return false;
      narrator.say('the service runs still, so nobody was believed who called it gone; it is stopped now, really');
      await place.workloads['orders-service'].stop();
      return true;
    },
  };
  return { atGates, evidence: () => disbelieved };
}

interface Sight {
  readonly roles: readonly string[];
  readonly scheduled: boolean;
}

/** The word of the systems themselves; of the database by its superuser. */
async function look({ backends: { postgres, temporal } }: Playground): Promise<Sight> {
  const server = new pg.Client(postgres);
  await server.connect();
  const { rows } = await server.query<{ role: string; logsIn: boolean; groups: string[] }>(
    `select r.rolname as role, r.rolcanlogin as "logsIn",
            array(select g.rolname::text from pg_auth_members a join pg_roles g on g.oid = a.roleid where a.member = r.oid) as groups
       from pg_roles r where r.rolname in ('orders_a', 'orders_b') order by 1`,
  );
  await server.end();
  const roles = rows.map(({ role, logsIn, groups }) => {
    const belongs = groups.length === 0 ? 'is a member of no role' : `is a member of ${groups.join(' and ')}`;
    return `${role} ${logsIn ? 'can log in' : 'can not log in'} and ${belongs}`;
  });
  return { roles, scheduled: await hasSchedule(temporal, schedule) };
}

/** Returns the words with which it was refused. */
async function tryToRotate({ client }: Playground): Promise<string | undefined> {
  const { workflowId } = await client.rotate({ identity, reason: 'the demo', requestedBy: 'demo' });
  return client.result(workflowId).then(
    () => undefined,
    (error: unknown) => `refused: ${error instanceof Error ? error.message : String(error)}`,
  );
}

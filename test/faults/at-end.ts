import type { Subject } from './subject.ts';

/** What must be true when all runs of an identity have ended, however they have. */
export async function atEnd(subject: Subject, results: readonly string[]): Promise<string[]> {
  const { world, watcher } = subject;
  const { system, store, first } = world;
  const record = await subject.record();
  const current = system.credentials.find(({ id }) => id === (record?.current?.ref.id ?? first.id));
  const others = system.credentials.filter((each) => each !== current && !watcher.named.has(each.id));
  const lost = system.credentials.filter(({ id, secret }) => !store.holds(secret) && !watcher.named.has(id));
  const done = results.some((result) => result === 'completed' || result === 'rolled-back');
  const claims: readonly (readonly [claim: string, holds: boolean])[] = [
    ['I9: nobody holds it', !record?.hold],
    ['I9: a run that was given the hold completed or rolled back', done],
    ['I1: what the record names works', current?.status === 'live' && store.holds(current.secret)],
    [`I5: nothing exists that nobody named: ${others.map(({ id }) => id).join(' ')}`, others.length === 0],
    [`I2: no secret is lost: ${lost.map(({ id }) => id).join(' ')}`, lost.length === 0],
    ['I1, I3: every consumer works', everyoneWorks(subject)],
    ['I6: the store holds what one success would have left', watcher.waivedAny || store.secrets.size <= 2],
  ];
  return claims.filter(([, holds]) => !holds).map(([claim]) => `not so, after ${results.join(', ')}: ${claim}`);
}

function everyoneWorks({ world, watcher }: Subject): boolean {
  return Object.entries(world.consumers).every(
    ([id, { running }]) => watcher.waived.has(id) || (running && world.system.accepts(running.id, running.secret)),
  );
}

import { CertificateWorld } from '../workflows/certificate-world.ts';
import { MemoryWorld, type Shape } from '../workflows/memory-world.ts';
import type { Crowd } from './crowd.ts';
import { suffering, type Fault } from './faults.ts';
import { operate } from './operator.ts';
import type { Path } from './paths.ts';
import type { Subject } from './subject.ts';

/** Which call suffers what, at its first attempt. Calls are counted as the run comes to make them. */
export type Faults = ReadonlyMap<number, Fault>;

export interface Cell {
  readonly calls: readonly string[];
  /** After how many calls somebody made it turn back; none where nobody did. */
  readonly turned: number;
  readonly outcome: string;
  readonly looks: number;
  readonly problems: readonly string[];
}

/** What is replaced: a secret, by the shape of its system, or a certificate. */
export type Replaced = Shape | 'certificate';

/** One identity with one consumer. */
export async function worldOf(replaced: Replaced): Promise<MemoryWorld> {
  return replaced === 'certificate' ? CertificateWorld.create() : new MemoryWorld(replaced, ['api']);
}

/** Replaces one credential with these faults in the way, and says all that was seen to be wrong, on the way and at its end. */
export async function rotateOnce(crowd: Crowd, replaced: Replaced, path: Path, faults: Faults): Promise<Cell> {
  const world = await worldOf(replaced);
  const subject = await crowd.subject(world, { atActivity: suffering(faults) });
  const turn = { after: 0 };
  try {
    const run = await subject.rotate();
    const { result } = await operate(subject, run, path.policy(subject, turn));
    const problems = [...path.unsound(result, world), ...(await recorded(subject))];
    return cell(subject, turn.after, result, problems);
  } catch (error) {
    return cell(subject, turn.after, 'stuck', [(error as Error).message]);
  }
}

/** How one ended, with all that the watcher saw break on the way before what is wrong at the end. */
export function cell({ calls, watcher }: Subject, turned: number, outcome: string, wrong: readonly string[]): Cell {
  return { calls, turned, outcome, looks: watcher.looks.count, problems: [...watcher.broken, ...wrong] };
}

/** The lifecycle's record must agree with the world: nobody holds it, and what it names as current works (I5). */
async function recorded(subject: Subject): Promise<string[]> {
  const record = await subject.record();
  const { system, first } = subject.world;
  const id = record?.current?.ref.id ?? first.id;
  return [
    ...(record?.hold ? ['I9: it has ended and is held still'] : []),
    ...(record?.interrupted ? ['I9: it has ended and counts as interrupted'] : []),
    ...(system.credentials.some((each) => each.id === id && each.status === 'live')
      ? []
      : [`I5: the record names ${id}, which does not work`]),
  ];
}

import { Command } from 'commander';
import type { DeclaredIdentity, KeyturnClient, LifecycleRecord, ScheduleChange } from '../client.ts';
import { KeyturnError } from '../contract/errors.ts';
import { type ManifestFile, readManifest } from '../input/read-manifest.ts';
import { words } from '../contract/duration-words.ts';
import { eachOf } from './each-of.ts';
import { type FieldChange, fieldChanges } from './manifest-diff.ts';
import { verb } from './session.ts';

interface IdentityDifference {
  readonly id: string;
  readonly is: 'added' | 'changed' | 'unchanged';
  readonly fields: readonly FieldChange[];
  readonly schedule: ScheduleChange;
}

interface Difference {
  readonly identities: readonly IdentityDifference[];
  /** Under management, and not in the file: another file may declare them. Named, never touched. */
  readonly notInFile: readonly string[];
}

/** `keyturn apply`: makes what is under management what the file says. It never deletes. */
export function applyVerb(): Command {
  const command = new Command('apply')
    .summary('declare the identities of a manifest; shows the difference and never deletes')
    .argument('<file>', 'the manifest, keyturn.yaml')
    .option('--dry-run', 'show the difference, send nothing');
  return verb<[string], { dryRun?: boolean }>(command, async (session, [path], { dryRun = false }) => {
    const file = await readManifest(path);
    const client = await session.client();
    const difference = await compare(client, file);
    if (!session.options.json) for (const line of differenceLines(difference)) session.terminal.say(line);
    if (!dryRun) await send(client, file.declared, difference);
    session.result({ applied: !dryRun, ...difference }, [lastLine(difference, dryRun)]);
  });
}

async function compare(client: KeyturnClient, { manifest }: ManifestFile): Promise<Difference> {
  const identities = await eachOf(manifest.identities, async (spec): Promise<IdentityDifference> => {
    const record = await recordOf(client, spec.id);
    const { rotate: _over, ...ended } = spec;
    const schedule = await client.planSchedule(record?.state === 'offboarded' ? ended : spec);
    const fields = record ? fieldChanges(record.spec, spec) : [];
    const is = record ? (fields.length > 0 ? 'changed' : 'unchanged') : 'added';
    return { id: spec.id, is, fields, schedule };
  });
  const inFile = new Set(manifest.identities.map(({ id }) => id));
  const notInFile = (await client.identities()).filter((id) => !inFile.has(id));
  return { identities, notInFile };
}

async function recordOf(client: KeyturnClient, id: string): Promise<LifecycleRecord | undefined> {
  try {
    return await client.record(id);
  } catch (error) {
    if (error instanceof KeyturnError && error.code === 'unknown_identity') return undefined;
    throw error;
  }
}

async function send(client: KeyturnClient, declared: readonly DeclaredIdentity[], { identities }: Difference) {
  const differs = new Set(identities.filter(({ is }) => is !== 'unchanged').map(({ id }) => id));
  await eachOf(
    declared.filter(({ id }) => differs.has(id)),
    (spec) => client.declare(spec),
  );
  await eachOf(
    identities.filter(({ schedule }) => schedule.do !== 'nothing'),
    ({ schedule }) => client.changeSchedule(schedule),
  );
}

function differenceLines({ identities, notInFile }: Difference): string[] {
  const sign = { added: '+', changed: '~', unchanged: '=' };
  return [
    ...identities.flatMap(({ id, is, fields, schedule }) => [
      `${sign[is]} ${id}: ${is}`,
      ...fields.map(({ field, from, to }) => `    ${field}: ${from ?? '(none)'} -> ${to ?? '(none)'}`),
      ...scheduleLines(schedule),
    ]),
    ...notInFile.map((id) => `? ${id}: under management, not in this file; left as it is`),
  ];
}

function scheduleLines({ do: what, every, pausedByPerson }: ScheduleChange): string[] {
  const interval = every === undefined ? '' : ` every ${words(every)}`;
  return [
    ...(what === 'nothing' ? [] : [`    schedule: ${what}${interval}`]),
    ...(pausedByPerson === undefined ? [] : ['    schedule: a person has paused it, and it stays paused']),
  ];
}

function lastLine({ identities }: Difference, dryRun: boolean): string {
  const count = (wanted: string) => identities.filter(({ is }) => is === wanted).length;
  const counts = `${count('added')} added, ${count('changed')} changed, ${count('unchanged')} unchanged`;
  return dryRun ? `dry run, nothing was sent: ${counts}` : `applied: ${counts}`;
}

import type { Exposure } from '../../activities/exposure.ts';
import type { IdentityRecord, IdentitySpec } from '../../contract/identity.ts';
import type { CredentialRef } from '../../contract/references.ts';
import type { Severity } from '../../contract/severity.ts';

/** The credentials that the record tells of, which may live although the system does not list them. */
export function knownRefs({ spec, current, interrupted }: IdentityRecord): readonly CredentialRef[] {
  const { adopt, connection, account } = spec.credential;
  const adopted = !current && adopt ? [{ connection, account, id: adopt.id }] : [];
  return [current?.ref, interrupted?.successor?.ref, interrupted?.replaces?.ref, ...adopted].filter(
    (ref) => ref !== undefined,
  );
}

/** Each credential once, those that the system lists first. */
export function allRefs(exposure: Pick<Exposure, 'listed'>, known: readonly CredentialRef[]): readonly CredentialRef[] {
  const refs = [...exposure.listed.map(({ ref }) => ref), ...known];
  return refs.filter(({ id }, at) => refs.findIndex((other) => other.id === id) === at);
}

/** Whether credentials are disabled before anybody was asked about the consumers. */
export function goesUnattended({ containment }: IdentitySpec, severity: Severity): boolean {
  return containment?.unattended.includes(severity) ?? false;
}

/** What is done, in order, in words: what an approval unlocks. */
export type CommandsOf = (
  exposure: Pick<Exposure, 'suspends' | 'endsSessions'>,
  refs: readonly CredentialRef[],
) => readonly string[];

export const containmentCommands: CommandsOf = (exposure, refs) => [
  ...endingCommands(exposure, refs),
  'keep the identity contained until somebody else re-opens it',
];

/** What ends the credentials, in order, and shows that they are ended. */
export function endingCommands(
  { suspends, endsSessions }: Parameters<CommandsOf>[0],
  refs: readonly CredentialRef[],
  afterDisabling?: string,
): readonly string[] {
  const ids = refs.map(({ id }) => id);
  return [
    ...(suspends ? ids.map((id) => `disable ${id}`) : []),
    ...(suspends && afterDisabling ? [afterDisabling] : []),
    ...(endsSessions ? ids.map((id) => `end the sessions of ${id}`) : []),
    ...ids.map((id) => `revoke ${id}`),
    'look again, and do the same to what has appeared meanwhile',
    'take away whatever else the identity holds, where the manifest says that it may',
    'prove that each is refused',
  ];
}

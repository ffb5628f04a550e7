import { words } from '../../contract/duration-words.ts';
import type { CertificateSpec, ConsumerSpec, IdentitySpec } from '../../contract/identity.ts';
import type { Survey } from '../../activities/survey.ts';
import { waves } from './waves.ts';

export type Strategy = 'overlap' | 'alternate' | 'in-place';

/** The strategy follows from the port: how many can live at once, and whether their names are fixed slots that we fill. */
export function strategyOf({ maxLive, mint }: Pick<Survey, 'maxLive' | 'mint'>): Strategy {
  if (maxLive === 1) return 'in-place';
  return maxLive !== null && mint === 'home' ? 'alternate' : 'overlap';
}

/** The exact commands of a rotation, in order, in words: what a person reads before it runs, and what the plan hash covers. */
export function rotationCommands(spec: IdentitySpec, survey: Survey): readonly string[] {
  const strategy = strategyOf(survey);
  const { connection, account, propagation } = spec.credential;
  const at = `${account} at ${connection}`;
  const old = survey.current.ref.id;
  return [
    ...(survey.mint === 'home' ? [`draw a new secret and seal it in the store`] : []),
    ...(strategy === 'in-place' ? [`ask: may ${at} be interrupted`] : []),
    survey.mint === 'home'
      ? `install the new secret for ${at}`
      : `create a new credential for ${at} and seal its secret in the store`,
    `prove it: ${propagation.successes} logins in a row within ${words(propagation.within)}, and a wrong secret refused`,
    ...waves(spec.consumers).flatMap((wave) => wave.flatMap((consumer) => consumerCommands(consumer, survey))),
    ...(strategy === 'in-place' ? [] : retirementCommands(spec, survey, old)),
    `prove that the old secret of ${old} is refused`,
    `record the new credential as current`,
  ];
}

/** The same of a reissue. `pauses` are the gates at which a person is asked. */
export function reissueCommands(spec: IdentitySpec, certificate: CertificateSpec, survey: Survey): readonly string[] {
  const old = survey.current.ref.id;
  const ask = (pause: CertificateSpec['pauses'][number], question: string) =>
    certificate.pauses.includes(pause) ? [`ask: ${question}`] : [];
  return [
    `draw a ${certificate.key} key and seal it in the store`,
    `have ${spec.credential.connection} sign for ${certificate.names.join(', ')}, for ${words(certificate.lifetime)} at most`,
    `prove it: its key, chain, names and time, and that it is not revoked`,
    ...ask('deploy', 'may it be deployed'),
    ...waves(spec.consumers).flatMap((wave) => wave.flatMap((consumer) => consumerCommands(consumer, survey))),
    ...ask('validate', 'may every endpoint be validated'),
    `stay quiet for ${words(spec.quiet)}`,
    ...ask('revoke', `may ${old} be revoked`),
    'validate every endpoint again',
    ...retirementAfterApproval(spec, survey, old),
    `prove by the authority's own signed word that ${old} is revoked`,
    'record the new certificate as current',
  ];
}

/** What an approval of the retirement gate unlocks: a part of the commands above, word for word. */
export function retirementAfterApproval(spec: IdentitySpec, survey: Survey, old: string): readonly string[] {
  return [
    ...(survey.suspends
      ? [`disable ${old}`, `observe for ${words(spec.observe)}, then verify every consumer again`]
      : []),
    `revoke ${old}`,
    ...(survey.endsSessions ? [`end the sessions of ${old}`] : []),
  ];
}

function retirementCommands(spec: IdentitySpec, survey: Survey, old: string): string[] {
  return [
    `stay quiet for ${words(spec.quiet)}`,
    `ask: may ${old} be retired`,
    ...retirementAfterApproval(spec, survey, old),
  ];
}

function consumerCommands({ id }: ConsumerSpec, survey: Survey): string[] {
  const ability = survey.consumers[id];
  if (ability?.by === 'person') return [`ask a person to move consumer ${id}, and who did it`];
  return [
    `deliver to consumer ${id}`,
    ...(ability?.applies ? [`reload consumer ${id}`] : []),
    `verify that consumer ${id} runs on it`,
  ];
}

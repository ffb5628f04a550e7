import { words } from '../../contract/duration-words.ts';
import type { IdentitySpec } from '../../contract/identity.ts';
import { endingCommands, type CommandsOf } from './containment.ts';

const day = 86_400_000;

/** How long an offboarding waits before it revokes, and before it looks again, in milliseconds; where nothing is declared, a day and a week. */
export function offboardingTimes({ offboarding }: IdentitySpec): { observe: number; reprobe: number } {
  return offboarding ?? { observe: day, reprobe: 7 * day };
}

export function offboardingCommands(spec: IdentitySpec): CommandsOf {
  const { observe, reprobe } = offboardingTimes(spec);
  return (exposure, refs) => [
    ...endingCommands(exposure, refs, `watch for ${words(observe)}, in which all of it can still be enabled again`),
    'end its schedules',
    `look again after ${words(reprobe)}, and end what is found then`,
    'destroy its secrets in the store, and close its exceptions',
    'let no operation begin on it any more',
  ];
}

import type { Mutant } from './mutant.ts';

const offboarding = 'workflows/offboarding.test.ts';
const remains = 'workflows/offboarding-remains.test.ts';
const owner = 'workflows/offboard-owner.test.ts';

/** Mistakes in taking an identity out of service. */
export const wrongOffboarding: readonly Mutant[] = [
  {
    name: 'a consumer is gone because somebody says so',
    file: 'workflows/runbook/inquiry.ts',
    find: 'const against = await inquiry.against?.(consumer);',
    replace: 'const against = undefined as string | undefined;',
    by: [
      offboarding,
      'F24: "unused" is a claim: who is seen to run on it still is asked about again, and can only be waived',
    ],
  },
  {
    name: 'what was disabled is not enabled again',
    file: 'workflows/runbook/offboard.ts',
    find: 'await does.enableCredential({',
    replace: 'void ({',
    by: [offboarding, 'while it is watched an abort enables everything again, and nothing is lost'],
  },
  {
    name: 'nothing is looked at again',
    file: 'workflows/offboard-identity.ts',
    find: 'await lookAgainLater(run, exposed);',
    replace: '',
    by: [
      remains,
      'F24: what has come back when it is looked at again is ended again, told to the owner, and looked at once more',
    ],
  },
  {
    name: 'what is said to be handed over is not looked at',
    file: 'workflows/runbook/offboard.ts',
    find: "if (gone?.is === 'yes') {",
    replace: 'if (gone) {',
    by: [
      remains,
      'F24: what only a person can hand over goes to a named owner, and that is looked at; or it is waived',
    ],
  },
  {
    name: 'what is out of service rotates again',
    file: 'workflows/rules/hold.ts',
    find: "exceptions: [], state: 'offboarded',",
    replace: "exceptions: [], state: 'active',",
    by: [offboarding, 'F24: overlap: it ends only when everything is revoked, looked at again, and named'],
  },
  {
    name: 'who keeps an identity is asked again and again',
    file: 'workflows/runbook/owner.ts',
    find: 'this.#kept.add(identity);',
    replace: '',
    by: [
      owner,
      'what is kept stays a line of its own, and is not asked about again, until somebody else answers for it',
    ],
  },
];

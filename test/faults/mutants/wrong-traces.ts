import type { Mutant } from './mutant.ts';

const scenes = 'faults/mutants/scenes.ts';

/** Mistakes with what lost answers leave behind, and with secrets. */
export const wrongTraces: readonly Mutant[] = [
  {
    name: 'a create is tried again blindly',
    file: 'workflows/runbook/minted-there.ts',
    find: '{ once: true }',
    replace: '{ once: false }',
    by: [scenes, 'overlap: the answer to issue is lost: no orphan is left'],
  },
  {
    name: 'nobody looks for what a lost answer left',
    file: 'workflows/runbook/minted-there.ts',
    find: "if (!sealed) await settleOrphans(run, plan, [], 'ask');",
    replace: '',
    by: [scenes, 'overlap: the answer to issue is lost: no orphan is left'],
  },
  {
    name: 'an orphan is retired although it was used',
    file: 'workflows/rules/orphans.ts',
    find: 'ids.some((id) => used.includes(id))',
    replace: 'false',
    by: [
      'rules/orphans.test.ts',
      'I5: what is retired was not there before, was never used, and is no more than answers were lost',
    ],
  },
  {
    name: 'more orphans are retired than answers were lost',
    file: 'workflows/rules/orphans.ts',
    find: 'appeared.length > lostAnswers',
    replace: 'false',
    by: [
      'rules/orphans.test.ts',
      'I5: what is retired was not there before, was never used, and is no more than answers were lost',
    ],
  },
  {
    name: 'a secret stands in a result',
    file: 'activities/credentials.ts',
    find: 'return { ref, secret };',
    replace: 'return { ref, secret, clear: clear.reveal() } as Credential;',
    by: [scenes, 'alternate: completed'],
  },
  {
    name: "a vendor's error passes the boundary",
    file: 'activities/boundary.ts',
    find: 'message: `${activity} ended in',
    replace: 'message: `${String(error)} ${activity} ended in',
    by: [
      'activities/boundary.test.ts',
      'F23: a secret in the message does not pass the boundary: only the kind of error is told',
    ],
  },
];
